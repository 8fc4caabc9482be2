import { expect, it } from 'vitest'
import { describeCorrespondent, nameOf, summarizeCorrespondents } from './correspondents.ts'

const named = (name: string) => ({ name, address: `${name.toLowerCase()}@example.com` })

it('shows a name, else the address, else says that there is neither', () => {
  expect(nameOf(named('Support'))).toBe('Support')
  expect(nameOf({ name: ' ', address: 'a@example.com' })).toBe('a@example.com')
  expect(nameOf({ name: null, address: null })).toBe('Unknown')
})

it('names up to three, and counts the rest', () => {
  expect(summarizeCorrespondents([], 'nobody')).toBe('nobody')
  expect(summarizeCorrespondents(['A', 'B', 'C'].map(named), '')).toBe('A, B, C')
  expect(summarizeCorrespondents(['A', 'B', 'C', 'D'].map(named), '')).toBe('A, B and 2 more')
})

it('never shows a name without the address it hides', () => {
  expect(describeCorrespondent(named('Support'))).toBe('Support <support@example.com>')
  expect(describeCorrespondent({ name: 'bank@example.org', address: 'other@example.net' })).toBe('bank@example.org <other@example.net>')
  expect(describeCorrespondent({ name: 'a@example.com', address: 'a@example.com' })).toBe('a@example.com')
})
