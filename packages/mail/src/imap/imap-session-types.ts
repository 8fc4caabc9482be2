import type { SpecialUse } from '@maildock/core'

/** What STATUS tells of a mailbox (RFC 9051 section 6.3.11). Absent where the server said nothing usable. */
export interface MailboxStatus {
  readonly messages?: number | undefined
  readonly uidNext?: number | undefined
  readonly uidValidity?: bigint | undefined
  readonly highestModseq?: bigint | undefined
}

/** One line of LIST, cleaned. */
export interface MailboxListing {
  /** The name as the server has it, decoded from modified UTF-7. */
  readonly path: string
  readonly delimiter: string | null
  readonly specialUse: SpecialUse | null
  /** Whether it can hold messages: \Noselect and \NonExistent cannot. */
  readonly selectable: boolean
  /** Where the server gives it with the list (LIST-STATUS). */
  readonly status: MailboxStatus | null
}

export interface MailboxList {
  /** Unique by path; INBOX is among them, or the list is not believed. */
  readonly mailboxes: readonly MailboxListing[]
  /** False when there were more than the limit, or INBOX was missing: then nothing may be concluded from an absence. */
  readonly complete: boolean
}

/** Both ends included. */
export interface UidRange {
  readonly from: number
  readonly to: number
}

/** How far a mailbox is known, for a server with QRESYNC to go on from (RFC 7162 section 3.2.5). */
export interface KnownState {
  readonly uidValidity: bigint
  readonly highestModseq: bigint
}

/** What changed since a known state. Complete: what is not in it has not changed, or is new. */
export interface MailboxChanges {
  /** Flags of messages that changed or came, one row each. */
  readonly flags: readonly MessageFlags[]
  /** UIDs of messages that are gone. A proof. Also of some that never were. */
  readonly vanished: readonly UidRange[]
}

/** A mailbox as EXAMINE found it. A snapshot: it does not move while the mailbox is open. */
export interface ExaminedMailbox {
  readonly path: string
  /** 0 when the server gave none that is a number. */
  readonly uidValidity: bigint
  /** Null when the server did not tell. Never guessed. */
  readonly uidNext: number | null
  readonly exists: number
  /** Null without CONDSTORE, or where the mailbox keeps no mod-sequences. */
  readonly highestModseq: bigint | null
  /** What changed since the state that was given. Null: the server does not tell, or it tells of another epoch. */
  readonly changes: MailboxChanges | null
}

export interface UidList {
  /** Ascending, unique. */
  readonly uids: readonly number[]
  /** The server ended the list with OK and it is as long as the mailbox: an absence from it is a proof. */
  readonly complete: boolean
}

/** UIDs from one on. Whether they are all is for the caller to find out: `exists` messages there are in all. */
export interface UidTail {
  readonly uids: readonly number[]
  readonly exists: number
}

/** Flags of one message. \Recent is left out: it tells about the session, not about the message. */
export interface MessageFlags {
  readonly uid: number
  /** System flags, sorted: `\Seen`. */
  readonly flags: readonly string[]
  /** Everything else, sorted. */
  readonly keywords: readonly string[]
  readonly modseq: bigint | null
}

export interface MessageAttributes extends MessageFlags {
  readonly internalDate: Date | null
  readonly sizeOctets: number
  /** OBJECTID's EMAILID or Gmail's X-GM-MSGID. */
  readonly emailId: string | null
}

/** A message with its header block, as one answer of the server told them. */
export interface FetchedHeader {
  readonly attributes: MessageAttributes
  /** Octets of BODY[HEADER], at most MAX_HEADER_OCTETS: what is longer is cut. */
  readonly header: Buffer
}

export interface FetchSourcesOptions {
  /** Gives the memory a source is written to: as many octets as it is asked for, or more. Default `Buffer.allocUnsafeSlow`. */
  readonly allocate?: ((octets: number) => Buffer) | undefined
}

/** A header longer than this is no header of a letter. */
export const MAX_HEADER_OCTETS = 1 << 20
