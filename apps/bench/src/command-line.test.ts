import { describe, expect, it } from 'vitest'
import { parseCommandLine, UsageError } from './command-line.ts'

const KNOWN = ['list', 'start']

describe('the command line', () => {
  it('has a default for everything', () => {
    expect(parseCommandLine([], KNOWN)).toEqual({
      names: [],
      json: null,
      rounds: null,
      messages: null,
      corpus: null,
      accounts: null,
      quick: false,
      profile: false,
    })
  })

  it('takes names and options in any order', () => {
    const sizes = ['--messages', '10000', '--corpus', 'small', '--rounds', '7', '--accounts', '50']
    const args = ['list', '--json', 'out.json', ...sizes, 'start', '--profile', '--quick']
    expect(parseCommandLine(args, KNOWN)).toEqual({
      names: ['list', 'start'],
      json: 'out.json',
      rounds: 7,
      messages: 10_000,
      corpus: 'small',
      accounts: 50,
      quick: true,
      profile: true,
    })
  })

  it.each([
    [['lists']],
    [['--messages', '0']],
    [['--rounds', '1.5']],
    [['--corpus', 'huge']],
    [['--accounts', '-1']],
    [['--unknown']],
    [['--json']],
  ])('refuses %j', (args) => {
    expect(() => parseCommandLine(args, KNOWN)).toThrow(UsageError)
  })
})
