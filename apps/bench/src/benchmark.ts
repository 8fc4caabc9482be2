import type { CorpusName } from './corpus/corpus.ts'
import type { Finding } from './finding.ts'

/** What the command line asks of every benchmark. Null: what suits the benchmark. */
export interface BenchmarkOptions {
  /** Rounds of each side, in turn. */
  readonly rounds: number | null
  readonly corpus: CorpusName | null
  /** In the mailbox that is measured. */
  readonly messages: number | null
  /** Of benchmarks that have many. */
  readonly accounts: number | null
  /** Sizes that show in a few minutes that everything works. The figures mean little. */
  readonly quick: boolean
  /** Profile the product where a benchmark knows how, and tell where the time goes. */
  readonly profile: boolean
}

export interface BenchmarkContext extends BenchmarkOptions {
  /** Owns everything a benchmark opens. Closed when it has ended, however it ended. */
  readonly resources: AsyncDisposableStack
  /** Tells a person what is being done. Not part of the result. */
  readonly say: (line: string) => void
}

/** One benchmark: what it measures, and the measuring. It leaves nothing behind but its findings. */
export interface Benchmark {
  readonly name: string
  readonly summary: string
  readonly run: (context: BenchmarkContext) => Promise<readonly Finding[]>
}
