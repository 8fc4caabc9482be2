import { describe, expect, it } from 'vitest'
import { parseCommandLine, UsageError } from './command-line.ts'

const KNOWN = ['list', 'start']

describe('the command line', () => {
  it('has a default for everything', () => {
    expect(parseCommandLine([], KNOWN)).toEqual({
      names: [],
      json: null,
      rounds: null,
      messages: 1_000,
      corpus: 'mixed',
      profile: false,
    })
  })

  it('takes names and options in any order', () => {
    const args = ['list', '--json', 'out.json', '--messages', '10000', 'start', '--corpus', 'small', '--rounds', '7', '--profile']
    expect(parseCommandLine(args, KNOWN)).toEqual({
      names: ['list', 'start'],
      json: 'out.json',
      rounds: 7,
      messages: 10_000,
      corpus: 'small',
      profile: true,
    })
  })

  it.each([[['lists']], [['--messages', '0']], [['--rounds', '1.5']], [['--corpus', 'large']], [['--unknown']], [['--json']]])(
    'refuses %j',
    (args) => {
      expect(() => parseCommandLine(args, KNOWN)).toThrow(UsageError)
    },
  )
})
