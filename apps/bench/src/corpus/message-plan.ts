import type { Charset } from './charsets.ts'
import { createRandom, type Random } from './random.ts'
import { writePhrase } from './prose.ts'

export type MessageKind = 'plain' | 'alternative' | 'inline_image' | 'attachments'

/** What a message is going to be. Plans are cheap, so that a reply can look up what it answers. */
export interface MessagePlan {
  readonly index: number
  readonly kind: MessageKind
  readonly charset: Charset
  /** What the whole message is aimed at. */
  readonly sizeOctets: number
  readonly subject: string
  readonly messageIdHeader: string
  /** The message it answers; null for the first of a conversation. */
  readonly parent: number | null
  readonly internalDate: Date
}

/** Lognormal: half are below the median, and the deviation puts the mean at six times of it (40 KB) and nine of ten below 77 KB. */
const MEDIAN_OCTETS = 6_800
const SIZE_DEVIATION = 1.88
const MAX_OCTETS = 5_000_000
const REPLY_SHARE = 0.45
/** Only so far back: who answers, answers soon. */
const REPLY_REACH = 200
/** Normal deviates above this are the largest 19 %: those have attachments or images, in the relation 12 to 7. */
const BINARY_ABOVE = 0.878
const IMAGE_SHARE = 7 / 19
const PLAIN_SHARE = 42 / 81
const FIRST_DATE = Date.UTC(2024, 0, 1)
const MINUTES_BETWEEN = 45

const CHARSET_SHARES: readonly (readonly [Charset, number])[] = [
  ['utf-8', 0.55],
  ['us-ascii', 0.75],
  ['iso-8859-1', 0.85],
  ['windows-1252', 0.92],
  ['koi8-r', 0.96],
  ['shift_jis', 1],
]

/** Plans message `index` of a corpus. Message `index` is the same in corpora of any length. */
export function planMessage(seed: number, index: number): MessagePlan {
  const random = createRandom(seed, index)
  const deviate = random.normal()
  const charset = drawCharset(random)
  const parent = index > 0 && random.next() < REPLY_SHARE ? index - 1 - random.below(Math.min(index, REPLY_REACH)) : null
  const subject = writePhrase(random, charset, 3 + random.below(6))
  return {
    index,
    kind: drawKind(random, deviate),
    charset,
    sizeOctets: Math.min(MAX_OCTETS, Math.round(MEDIAN_OCTETS * Math.exp(SIZE_DEVIATION * deviate))),
    subject,
    messageIdHeader: `<${index.toString(36)}.${seed.toString(36)}.${Math.floor(random.next() * 2 ** 31).toString(36)}@bench.example>`,
    parent,
    internalDate: new Date(FIRST_DATE + (index * MINUTES_BETWEEN + random.below(MINUTES_BETWEEN)) * 60_000),
  }
}

/** The messages it answers, the first of the conversation first. At most so many, as mail programs cut References. */
export function listAncestors(seed: number, plan: MessagePlan, limit = 20): readonly MessagePlan[] {
  const ancestors: MessagePlan[] = []
  for (let parent = plan.parent; parent !== null && ancestors.length < limit;) {
    const ancestor = planMessage(seed, parent)
    ancestors.unshift(ancestor)
    parent = ancestor.parent
  }
  return ancestors
}

function drawKind(random: Random, deviate: number): MessageKind {
  if (deviate > BINARY_ABOVE) return random.next() < IMAGE_SHARE ? 'inline_image' : 'attachments'
  return random.next() < PLAIN_SHARE ? 'plain' : 'alternative'
}

function drawCharset(random: Random): Charset {
  const draw = random.next()
  return CHARSET_SHARES.find(([, upTo]) => draw < upTo)?.[0] ?? 'utf-8'
}
