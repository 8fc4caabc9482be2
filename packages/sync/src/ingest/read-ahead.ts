import type { Pass } from '../pass.ts'
import { BATCH_LIMITS } from '../plan/plan-batches.ts'
import type { BatchItem } from '../store/batch-item.ts'
import { readBatch } from './download-batch.ts'
import type { FetchedStep } from './fetch-runs.ts'
import { prefetch } from './prefetch.ts'

/** A batch ready to be written. Its octets are lent to it until it is disposed. */
export interface ReadStep extends Disposable {
  readonly by: 'source' | 'header'
  readonly handled: number
  readonly items: readonly BatchItem[]
  readonly withheld: readonly number[]
}

/** Reads what is fetched. While one batch is written, the next one is read and the one after it fetched: nobody waits for the other. */
export function readAhead(pass: Pass, steps: AsyncGenerator<FetchedStep>): AsyncGenerator<ReadStep> {
  return prefetch(readSteps(pass, prefetch(steps, release)), (step) => step[Symbol.dispose]())
}

async function* readSteps(pass: Pass, steps: AsyncGenerator<FetchedStep>): AsyncGenerator<ReadStep> {
  for await (const step of steps) {
    try {
      yield step.by === 'source' ? await readSources(pass, step) : await readHeaders(pass, step)
    } catch (error) {
      release(step)
      throw error
    }
  }
}

function release(step: FetchedStep): void {
  if (step.by === 'source') {
    step.batch.block[Symbol.dispose]()
  }
}

async function readSources({ parser }: Pass, { handled, batch }: FetchedStep & { by: 'source' }): Promise<ReadStep> {
  const items = await readBatch(parser, batch, BATCH_LIMITS.maxMessageOctets)
  return { by: 'source', handled, items, withheld: batch.withheld, [Symbol.dispose]: () => batch.block[Symbol.dispose]() }
}

async function readHeaders({ parser }: Pass, { handled, headers }: FetchedStep & { by: 'header' }): Promise<ReadStep> {
  const prepared = await parser.parseHeaders(headers.map(({ header }) => header))
  const items = headers.flatMap(({ attributes }, index): BatchItem[] => {
    const listed = prepared[index]
    return listed === undefined ? [] : [{ attributes, message: { listed } }]
  })
  return { by: 'header', handled, items, withheld: [], [Symbol.dispose]: () => undefined }
}
