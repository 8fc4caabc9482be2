import { createHash } from 'node:crypto'
import { parseHeader, type ImapSession, type MessageAttributes, type Parser, type PreparedContent } from '@maildock/mail'
import type { BatchItem, StorableMessage } from '../store/batch-item.ts'
import { fetchSources, nameBroken, type FetchedSource } from './fetch-sources.ts'
import type { PlannedMessage } from './planned-message.ts'
import type { SourceBlock } from './source-memory.ts'

/** Over what a batch is fetched, and within what bounds. */
export interface FetchContext {
  readonly session: ImapSession
  /** A message that is larger is not fetched. */
  readonly maxMessageOctets: number
  /** Asked before each message that is fetched alone, but for the first: false when the slice has used its time. */
  readonly mayFetch: () => boolean
}

/** What the server gave of a batch. The sources lie in the block, which is given back when they are stored. */
export interface FetchedBatch {
  /** Ready to be written: linked, or marked because they cannot be had whole. */
  readonly items: readonly BatchItem[]
  readonly sources: readonly (FetchedSource & { readonly source: Buffer })[]
  /** UIDs of messages that are there and that the server did not give, also asked for alone. They stay missing and are asked for again. */
  readonly withheld: readonly number[]
  /** UID of the first message, in the order of the batch, there was no time for: it and those behind it are to be asked for again. Null: none. */
  readonly firstUnasked: number | null
  readonly block: SourceBlock
}

/**
 * Fetches the messages of a batch. Messages that are gone meanwhile are left out. What is too large is marked; what the server refuses to
 * give is told: neither is a reason to stop. @throws DownloadBroken when the connection is; MailFault when the account is at fault
 */
export async function fetchBatch(context: FetchContext, planned: readonly PlannedMessage[], block: SourceBlock): Promise<FetchedBatch> {
  const { session, maxMessageOctets, mayFetch } = context
  const isWithout = ({ attributes, approach }: PlannedMessage): boolean =>
    attributes.sizeOctets > maxMessageOctets || approach === 'header' || approach === 'nothing'
  const wanted = planned.filter((message) => message.knownId === null && !isWithout(message)).map(({ attributes }) => attributes)
  const { fetched, firstUnasked } = await fetchSources({ session, block, mayFetch }, wanted)
  // Behind what was not asked for nothing is begun: the next slice comes to it in its turn.
  const end = planned.findIndex(({ attributes }) => attributes.uid === firstUnasked?.uid)
  const reached = end === -1 ? planned : planned.slice(0, end)
  const known = reached.flatMap(({ attributes, knownId }): BatchItem[] => (knownId === null ? [] : [{ attributes, message: { knownId } }]))
  const marked: BatchItem[] = []
  let unasked = firstUnasked?.uid ?? null
  for (const [index, message] of reached.filter((one) => one.knownId === null && isWithout(one)).entries()) {
    if (index > 0 && !mayFetch()) {
      unasked = message.attributes.uid
      break
    }
    const item = await fetchTooLarge(session, message)
    if (item !== null) {
      marked.push(item)
    }
  }
  const given = fetched.flatMap(({ attributes, source }) => (source === null ? [] : [{ attributes, source }]))
  const withheld = fetched.filter(({ source }) => source === null).map(({ attributes }) => attributes.uid)
  return { items: [...known, ...marked], sources: given, withheld, firstUnasked: unasked, block }
}

/** Reads the sources of a batch, and makes it ready to be written. */
export async function readBatch(
  parser: Parser,
  { items, sources, block }: FetchedBatch,
  maxMessageOctets: number,
): Promise<readonly BatchItem[]> {
  const readable = sources.filter(({ source }) => source.length <= maxMessageOctets)
  const oversized = sources.filter(({ source }) => source.length > maxMessageOctets)
  const contents = await parser.parseSources(
    readable.map(({ source }) => source),
    block.takeRest(),
  )
  return [
    ...items,
    ...readable.flatMap(({ attributes }, index): BatchItem[] => {
      const content = contents[index]
      return content === undefined ? [] : [{ attributes, message: { stored: toStorable(content) } }]
    }),
    ...oversized.map(({ attributes, source }): BatchItem => {
      const stored = describeTooLarge(source.subarray(0, findHeaderEnd(source)), attributes)
      return { attributes, message: { stored } }
    }),
  ]
}

function toStorable({ rawSha256, headerSha256, raw, rawEncoding, message, searchTerms }: PreparedContent): StorableMessage {
  return {
    rawSha256,
    headerSha256,
    bodyState: message === null ? 'unparsable' : 'stored',
    header: message,
    content: message,
    raw: { octets: raw, encoding: rawEncoding },
    terms: searchTerms,
  }
}

async function fetchTooLarge(session: ImapSession, { attributes, approach }: PlannedMessage): Promise<BatchItem | null> {
  if (approach === 'nothing') {
    return { attributes, message: { stored: describeUnavailable(attributes) } }
  }
  try {
    const header = await session.fetchHeader(attributes.uid)
    return header === null ? null : { attributes, message: { stored: describeTooLarge(header, attributes) } }
  } catch (error) {
    throw nameBroken(session, [attributes], error)
  }
}

/** Header and size name it: the same after a move, and another one's are hardly ever equal. */
function describeTooLarge(header: Uint8Array, { sizeOctets }: MessageAttributes): StorableMessage {
  const rawSha256 = createHash('sha256').update(`too_large:${sizeOctets}:`).update(header).digest()
  return { ...MARKED, rawSha256, header: parseHeader(header) }
}

/** A message of which nothing can be had but that it is there. What the server said of it has to name it. */
function describeUnavailable({ uid, sizeOctets, internalDate }: MessageAttributes): StorableMessage {
  const name = `unavailable:${uid}:${sizeOctets}:${internalDate?.toISOString() ?? ''}`
  return { ...MARKED, rawSha256: createHash('sha256').update(name).digest(), header: null }
}

const MARKED = { headerSha256: null, bodyState: 'too_large', content: null, raw: null, terms: null } as const

function findHeaderEnd(source: Buffer): number {
  const end = source.indexOf('\r\n\r\n')
  return end < 0 ? Math.min(source.length, 1_048_576) : end + 4
}
