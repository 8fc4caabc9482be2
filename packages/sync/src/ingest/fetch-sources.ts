import { MailFault, type ImapSession, type MessageAttributes } from '@maildock/mail'
import type { SourceBlock } from './source-memory.ts'

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

/** A message that was asked for, and what came of it. */
export interface FetchedSource {
  readonly attributes: MessageAttributes
  /** Null: it is there, and the server does not give it. */
  readonly source: Buffer | null
}

/** What came of a batch. Messages of it that are in neither list are gone. */
export interface FetchedSources {
  readonly fetched: readonly FetchedSource[]
  /** The first message, in the order of the batch, there was no time to ask for alone. It is missing still, and so may be those behind it. Null: none. */
  readonly firstUnasked: MessageAttributes | null
}

/** Over what sources are fetched, and into what. */
export interface SourceFetch {
  readonly session: ImapSession
  readonly block: SourceBlock
  /** Asked before each message that is fetched alone, but for the first: false when the slice has used its time. */
  readonly mayFetch: () => boolean
}

/**
 * Fetches sources. Messages that are gone meanwhile are left out; those the server does not give are told. What is refused together is asked
 * for one by one, in its order, for as long as there is time: at least one of them, so that each slice gets on.
 * @throws DownloadBroken when the connection is; MailFault when the account is at fault
 */
export async function fetchSources(context: SourceFetch, wanted: readonly MessageAttributes[]): Promise<FetchedSources> {
  const [first] = wanted
  if (first === undefined || wanted.length === 1) {
    return { fetched: first === undefined ? [] : await fetchAlone(context, first), firstUnasked: null }
  }
  const found = await tryFetch(context, wanted)
  if (found === null) {
    // Refused, and the connection still stands. Alone, most of them can be had.
    return await fetchOneByOne(context, wanted)
  }
  const { given, absent } = sortOut(found, wanted)
  const { fetched, firstUnasked } = await fetchOneByOne(context, await recheck(context, absent))
  return { fetched: [...given, ...fetched], firstUnasked }
}

async function fetchOneByOne(context: SourceFetch, wanted: readonly MessageAttributes[]): Promise<FetchedSources> {
  const fetched: FetchedSource[] = []
  for (const [index, attributes] of wanted.entries()) {
    if (index > 0 && !context.mayFetch()) {
      return { fetched, firstUnasked: attributes }
    }
    fetched.push(...(await fetchAlone(context, attributes)))
  }
  return { fetched, firstUnasked: null }
}

/** None when it is gone. */
async function fetchAlone(context: SourceFetch, attributes: MessageAttributes): Promise<readonly FetchedSource[]> {
  const found = await tryFetch(context, [attributes])
  if (found === null) {
    return [{ attributes, source: null }]
  }
  const { given, absent } = sortOut(found, [attributes])
  const present = await recheck(context, absent)
  return [...given, ...present.map((still) => ({ attributes: still, source: null }))]
}

interface SortedAnswer {
  readonly given: readonly FetchedSource[]
  readonly absent: readonly MessageAttributes[]
}

function sortOut(found: ReadonlyMap<number, Buffer>, wanted: readonly MessageAttributes[]): SortedAnswer {
  const given = wanted.flatMap((attributes) => {
    const source = found.get(attributes.uid)
    return source === undefined || isHollow(source, attributes) ? [] : [{ attributes, source }]
  })
  const received = new Set(given.map(({ attributes }) => attributes.uid))
  return { given, absent: wanted.filter(({ uid }) => !received.has(uid)) }
}

/** An answer without octets for a message that has some is no answer: stored, all such messages would be one and the same. */
function isHollow(source: Buffer, { sizeOctets }: MessageAttributes): boolean {
  return source.length === 0 && sizeOctets > 0
}

/** Null when the server refused this command and nothing else is wrong. */
async function tryFetch(
  { session, block }: SourceFetch,
  wanted: readonly MessageAttributes[],
): Promise<ReadonlyMap<number, Buffer> | null> {
  try {
    return await session.fetchSources(
      wanted.map(({ uid }) => uid),
      { allocate: block.allocate },
    )
  } catch (error) {
    if (error instanceof MailFault && session.usable && error.class !== 'throttle') {
      return null
    }
    throw nameBroken(session, wanted, error)
  }
}

/** An error that ended the connection, with the messages it may be the fault of. */
export function nameBroken(session: ImapSession, wanted: readonly Pick<MessageAttributes, 'uid'>[], error: unknown): unknown {
  const broken = error instanceof MailFault && !session.usable
  return broken
    ? new DownloadBroken(
        wanted.map(({ uid }) => uid),
        error,
      )
    : error
}

/** Messages a tagged OK left out: expunged meanwhile, or still there and to be asked for once more alone (faults A7). @returns these, in their order */
async function recheck({ session }: SourceFetch, absent: readonly MessageAttributes[]): Promise<readonly MessageAttributes[]> {
  if (absent.length === 0) {
    return []
  }
  const present = await session.fetchAttributes(absent.map(({ uid }) => uid))
  const byUid = new Map(present.map((attributes) => [attributes.uid, attributes]))
  return absent.flatMap(({ uid }) => byUid.get(uid) ?? [])
}
