import { composeMessage } from './compose-message.ts'
import { planMessage, type MessagePlan } from './message-plan.ts'
import { createRandom } from './random.ts'

/**
 * `mixed`: what a mailbox of a working person holds. `small`: short plain messages, for what a message costs whatever its size.
 * `large`: mixed, and in each 200 messages one of 50 MB.
 */
export const CORPUS_NAMES = ['mixed', 'small', 'large'] as const
export type CorpusName = (typeof CORPUS_NAMES)[number]

export interface CorpusMessage {
  readonly plan: MessagePlan
  readonly raw: Buffer
}

export interface CorpusOptions {
  readonly name: CorpusName
  readonly count: number
  /** Default 1. */
  readonly seed?: number
}

const SMALL_OCTETS = { least: 900, most: 3_000 } as const
const LARGE = { octets: 50_000_000, every: 200, first: 100 } as const

/** The messages of a corpus, oldest first, one at a time: a corpus of 100 000 messages need not fit into memory. */
export function* generateCorpus({ name, count, seed = 1 }: CorpusOptions): Generator<CorpusMessage> {
  for (let index = 0; index < count; index += 1) {
    const plan = planFor(name, seed, index)
    yield { plan, raw: composeMessage(seed, plan) }
  }
}

function planFor(name: CorpusName, seed: number, index: number): MessagePlan {
  const mixed = planMessage(seed, index)
  switch (name) {
    case 'mixed':
      return mixed
    case 'small':
      return toSmall(seed, mixed)
    case 'large':
      return index % LARGE.every === LARGE.first ? { ...mixed, kind: 'attachments', sizeOctets: LARGE.octets } : mixed
    default:
      return name satisfies never
  }
}

function toSmall(seed: number, plan: MessagePlan): MessagePlan {
  const { least, most } = SMALL_OCTETS
  return { ...plan, kind: 'plain', sizeOctets: least + createRandom(seed, plan.index, 2).below(most - least) }
}
