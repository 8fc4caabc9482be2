import { createHash } from 'node:crypto'
import type { Uuid } from '@maildock/core'
import { MailFault, parseHeader, type ImapSession, type MessageAttributes, type Parser, type PreparedContent } from '@maildock/mail'
import type { WithheldApproach } from './plan/plan-withheld.ts'
import type { BatchItem, StorableMessage } from './store/message-store.ts'

/** A message to be fetched, or to be linked to one that is known already. */
export interface PlannedMessage {
  readonly attributes: MessageAttributes
  readonly knownId: Uuid | null
  /** How it is asked for; a message that never failed is asked for with others. */
  readonly approach: WithheldApproach
}

/** The connection broke while these were fetched. The cause is the MailFault. */
export class DownloadBroken extends Error {
  override readonly name = 'DownloadBroken'
  readonly uids: readonly number[]
  readonly fault: MailFault

  constructor(uids: readonly number[], fault: MailFault) {
    super(`the connection broke while ${uids.length} messages were fetched`, { cause: fault })
    this.uids = uids
    this.fault = fault
  }
}

export interface DownloadContext {
  readonly session: ImapSession
  readonly parser: Parser
  readonly maxMessageOctets: number
}

export interface DownloadedBatch {
  /** Messages ready to be written. */
  readonly items: readonly BatchItem[]
  /** UIDs of messages that are there and that the server did not give, also asked for alone. They stay missing and are asked for again. */
  readonly withheld: readonly number[]
}

/**
 * Fetches the messages of a batch and makes them ready to be written. Messages that are gone meanwhile are left out. What is too large or
 * cannot be read is marked; what the server refuses to give is told: neither is a reason to stop. A batch that is refused is asked for one
 * message at a time. @throws DownloadBroken when the connection is; MailFault when the account is at fault
 */
export async function downloadBatch(context: DownloadContext, planned: readonly PlannedMessage[]): Promise<DownloadedBatch> {
  const known = planned.flatMap(({ attributes, knownId }): BatchItem[] => (knownId === null ? [] : [{ attributes, message: { knownId } }]))
  const unknown = planned.filter(({ knownId }) => knownId === null)
  const isWithout = ({ attributes, approach }: PlannedMessage): boolean =>
    attributes.sizeOctets > context.maxMessageOctets || approach === 'header' || approach === 'nothing'
  const sources = await fetchSources(
    context,
    unknown.filter((message) => !isWithout(message)).map(({ attributes }) => attributes),
  )
  const fetched = await Promise.all(sources.map(async (source) => toItem(context, source)))
  const marked: BatchItem[] = []
  for (const message of unknown.filter(isWithout)) {
    const item = await fetchTooLarge(context, message)
    if (item !== null) {
      marked.push(item)
    }
  }
  const withheld = sources.filter(({ source }) => source === null).map(({ attributes }) => attributes.uid)
  return { items: [...known, ...fetched.filter((item) => item !== null), ...marked], withheld }
}

interface FetchedSource {
  readonly attributes: MessageAttributes
  /** Null: it is there, and the server does not give it. */
  readonly source: Buffer | null
}

async function fetchSources(context: DownloadContext, wanted: readonly MessageAttributes[]): Promise<readonly FetchedSource[]> {
  if (wanted.length === 0) {
    return []
  }
  const found = await tryFetch(context, wanted)
  if (found === null) {
    // Refused, and the connection still stands. Alone, most of them can be had.
    const single: FetchedSource[] = []
    for (const attributes of wanted) {
      single.push(...(wanted.length === 1 ? [{ attributes, source: null }] : await fetchSources(context, [attributes])))
    }
    return single
  }
  const given = wanted.flatMap((attributes) => {
    const source = found.get(attributes.uid)
    return source === undefined || isHollow(source, attributes) ? [] : [{ attributes, source }]
  })
  const received = new Set(given.map(({ attributes }) => attributes.uid))
  const absent = wanted.filter(({ uid }) => !received.has(uid))
  return [...given, ...(await recheckAbsent(context, absent, wanted.length))]
}

/** An answer without octets for a message that has some is no answer: stored, all such messages would be one and the same. */
function isHollow(source: Buffer, { sizeOctets }: MessageAttributes): boolean {
  return source.length === 0 && sizeOctets > 0
}

/** Null when the server refused this command and nothing else is wrong. */
async function tryFetch(context: DownloadContext, wanted: readonly MessageAttributes[]): Promise<ReadonlyMap<number, Buffer> | null> {
  const { session } = context
  try {
    return await session.fetchSources(wanted.map(({ uid }) => uid))
  } catch (error) {
    if (error instanceof MailFault && session.usable && error.class !== 'throttle') {
      return null
    }
    throw nameBroken(context, wanted, error)
  }
}

/** An error that ended the connection, with the messages it may be the fault of. */
function nameBroken({ session }: DownloadContext, wanted: readonly MessageAttributes[], error: unknown): unknown {
  const broken = error instanceof MailFault && !session.usable
  return broken
    ? new DownloadBroken(
        wanted.map(({ uid }) => uid),
        error,
      )
    : error
}

/** Messages a tagged OK left out: expunged meanwhile, or still there and to be asked for once more alone (faults A7). */
async function recheckAbsent(
  context: DownloadContext,
  absent: readonly MessageAttributes[],
  asked: number,
): Promise<readonly FetchedSource[]> {
  if (absent.length === 0) {
    return []
  }
  const present = await context.session.fetchAttributes(absent.map(({ uid }) => uid))
  const again: FetchedSource[] = []
  for (const attributes of present) {
    again.push(...(asked === 1 ? [{ attributes, source: null }] : await fetchSources(context, [attributes])))
  }
  return again
}

async function toItem(context: DownloadContext, { attributes, source }: FetchedSource): Promise<BatchItem | null> {
  if (source === null) {
    return null
  }
  if (source.length > context.maxMessageOctets) {
    return { attributes, message: { stored: describeTooLarge(source.subarray(0, findHeaderEnd(source)), attributes) } }
  }
  return { attributes, message: { stored: toStorable(await context.parser.parse(source)) } }
}

function toStorable({ rawSha256, raw, rawEncoding, message }: PreparedContent): StorableMessage {
  return {
    rawSha256,
    bodyState: message === null ? 'unparsable' : 'stored',
    header: message,
    content: message,
    raw: { octets: raw, encoding: rawEncoding },
  }
}

/** The same message with nothing but its source: what is left when its row was refused (faults E16). */
export function withoutContent(message: StorableMessage): StorableMessage {
  return { ...message, bodyState: 'unparsable', header: null, content: null }
}

async function fetchTooLarge(context: DownloadContext, { attributes, approach }: PlannedMessage): Promise<BatchItem | null> {
  if (approach === 'nothing') {
    return { attributes, message: { stored: describeUnavailable(attributes) } }
  }
  try {
    const header = await context.session.fetchHeader(attributes.uid)
    return header === null ? null : { attributes, message: { stored: describeTooLarge(header, attributes) } }
  } catch (error) {
    throw nameBroken(context, [attributes], error)
  }
}

/** Header and size name it: the same after a move, and another one's are hardly ever equal. */
function describeTooLarge(header: Uint8Array, { sizeOctets }: MessageAttributes): StorableMessage {
  const rawSha256 = createHash('sha256').update(`too_large:${sizeOctets}:`).update(header).digest()
  return { rawSha256, bodyState: 'too_large', header: parseHeader(header), content: null, raw: null }
}

/** A message of which nothing can be had but that it is there. What the server said of it has to name it. */
function describeUnavailable({ uid, sizeOctets, internalDate }: MessageAttributes): StorableMessage {
  const name = `unavailable:${uid}:${sizeOctets}:${internalDate?.toISOString() ?? ''}`
  return { rawSha256: createHash('sha256').update(name).digest(), bodyState: 'too_large', header: null, content: null, raw: null }
}

function findHeaderEnd(source: Buffer): number {
  const end = source.indexOf('\r\n\r\n')
  return end < 0 ? Math.min(source.length, 1_048_576) : end + 4
}
