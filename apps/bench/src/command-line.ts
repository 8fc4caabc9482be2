import { parseArgs } from 'node:util'
import type { BenchmarkOptions } from './benchmark.ts'
import { CORPUS_NAMES, type CorpusName } from './corpus/corpus.ts'

export interface CommandLine extends BenchmarkOptions {
  /** In the order asked for. Empty: all. */
  readonly names: readonly string[]
  /** File the findings go to as JSON. */
  readonly json: string | null
}

export const USAGE = `Usage: node apps/bench/src/main.ts [name…] [options]

  --json FILE        write the findings as JSON
  --rounds N         rounds of each side of a comparison
  --messages N       size of the mailbox, of each account where there are many
  --corpus NAME      mixed, small or large
  --accounts N       accounts of watch, latency, takeover and scale
  --quick            small sizes and one round: does everything work?
  --profile          profile the product where the benchmark knows how`

/** A command line that makes no sense. The message is for people. */
export class UsageError extends Error {}

/** Reads the command line. @throws UsageError */
export function parseCommandLine(args: readonly string[], known: readonly string[]): CommandLine {
  const { values, positionals } = parse(args)
  const unknown = positionals.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new UsageError(`No such benchmark: ${unknown.join(', ')}. There are: ${known.join(', ')}.`)
  return {
    names: positionals,
    json: values.json ?? null,
    rounds: optional('--rounds', values.rounds),
    messages: optional('--messages', values.messages),
    corpus: values.corpus === undefined ? null : corpusName(values.corpus),
    accounts: optional('--accounts', values.accounts),
    quick: values.quick ?? false,
    profile: values.profile ?? false,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'string' },
        rounds: { type: 'string' },
        messages: { type: 'string' },
        corpus: { type: 'string' },
        accounts: { type: 'string' },
        quick: { type: 'boolean' },
        profile: { type: 'boolean' },
      },
    })
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : 'The command line cannot be read.', { cause })
  }
}

function optional(option: string, text: string | undefined): number | null {
  if (text === undefined) return null
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new UsageError(`${option} takes a whole number above zero, not "${text}".`)
}

function corpusName(text: string): CorpusName {
  const name = CORPUS_NAMES.find((known) => known === text)
  if (name !== undefined) return name
  throw new UsageError(`--corpus takes ${CORPUS_NAMES.join(', ')}, not "${text}".`)
}
