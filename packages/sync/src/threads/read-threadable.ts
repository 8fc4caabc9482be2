import { parseBaseSubject, toEmailKey, toSubjectKey, type Correspondent } from '@maildock/core'
import { hashIdentifier, readIdentifiers, type IdentifiedMessage, type MessageIdentifiers } from './message-identifiers.ts'

/** What of a message decides about its thread. */
export interface ThreadableMessage extends IdentifiedMessage {
  readonly subject: string
  readonly from: readonly Correspondent[]
  readonly to: readonly Correspondent[]
  readonly cc: readonly Correspondent[]
  readonly sentAt: Date | null
  readonly receivedAt: Date
}

/** The same, read once for looking up and planning. */
export interface ReadMessage extends MessageIdentifiers {
  readonly message: ThreadableMessage
  /** When it was written: as it says, but not later than it was received. Mail that was moved here was received all on one day. */
  readonly writtenMs: number
  /** Of the base subject; null when nothing is left of the subject. */
  readonly subjectHash: string | null
  /** Whether the subject has to find what the header does not name: a reply or forward by its subject, that mentions no message at all. */
  readonly seeksBySubject: boolean
}

export function readThreadable(message: ThreadableMessage): ReadMessage {
  const identifiers = readIdentifiers(message)
  const { base, isReplyOrForward } = parseBaseSubject(message.subject)
  const subjectHash = base === '' ? null : hashIdentifier(toSubjectKey(base))
  return {
    ...identifiers,
    message,
    writtenMs: Math.min(message.sentAt?.getTime() ?? Number.POSITIVE_INFINITY, message.receivedAt.getTime()),
    subjectHash,
    seeksBySubject: isReplyOrForward && subjectHash !== null && identifiers.mentioned.length === 0,
  }
}

/** Addresses of a message that are looked at, in the order From, To, Cc. Beyond them it is a mass mailing, and they are no sign of a conversation. */
export const MAX_CORRESPONDENTS = 20

/** Who takes part in a message, but for the account itself: it takes part in all of them. */
export function listCorrespondents(
  { from, to, cc }: Pick<ThreadableMessage, 'from' | 'to' | 'cc'>,
  ownEmailKey: string,
): ReadonlySet<string> {
  const first = [...from, ...to, ...cc].slice(0, MAX_CORRESPONDENTS)
  return toCorrespondents(
    first.map(({ address }) => address),
    ownEmailKey,
  )
}

/** The same of addresses alone. */
export function toCorrespondents(addresses: readonly (string | null)[], ownEmailKey: string): ReadonlySet<string> {
  const keys = addresses.flatMap((address) => (address === null ? [] : toEmailKey(address)))
  return new Set(keys.filter((key) => key !== ownEmailKey))
}
