import { describe, expect, it } from 'vitest'
import { searchCommands } from './command-search.ts'

const commands = [
  { id: 'open', label: 'support@example.com', group: 'Open mail', keywords: 'Help desk' },
  { id: 'settings', label: 'Settings', group: 'Go to', keywords: 'password theme' },
  { id: 'connect', label: 'Connect an account', group: 'Action' },
  { id: 'edit', label: 'Edit support@example.com', group: 'Action' },
]
const found = (query: string) => searchCommands(commands, query).map(({ id }) => id)

describe('searchCommands', () => {
  it('offers everything, in order, while nothing is typed', () => {
    expect(found('  ')).toEqual(['open', 'settings', 'connect', 'edit'])
  })
  it('puts what begins with the word first', () => {
    expect(found('sup')).toEqual(['open', 'edit'])
  })
  it('wants every word', () => {
    expect(found('edit sup')).toEqual(['edit'])
    expect(found('edit nothing')).toEqual([])
  })
  it('finds by keywords and by group, case aside', () => {
    expect(found('PASSWORD')).toEqual(['settings'])
    expect(found('desk')).toEqual(['open'])
    expect(found('action')).toEqual(['connect', 'edit'])
  })
})
