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

export interface FetchedSource {
  readonly attributes: MessageAttributes
  /** Null: it is there, and the server does not give it. */
  readonly source: Buffer | null
}

interface FetchContext {
  readonly session: ImapSession
  readonly block: SourceBlock
}

/**
 * Fetches sources. Messages that are gone meanwhile are left out; those the server does not give are told. What is refused together is asked
 * for one by one. @throws DownloadBroken when the connection is; MailFault when the account is at fault
 */
export async function fetchSources(context: FetchContext, wanted: readonly MessageAttributes[]): Promise<readonly FetchedSource[]> {
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
async function tryFetch(
  { session, block }: FetchContext,
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

/** Messages a tagged OK left out: expunged meanwhile, or still there and to be asked for once more alone (faults A7). */
async function recheckAbsent(
  context: FetchContext,
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
