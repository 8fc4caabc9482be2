import { SpecialUse } from '@maildock/core'
import type { StatusObject } from 'imapflow'
import type { MailboxList, MailboxListing, MailboxStatus } from './imap-session-types.ts'
import { MAX_UID } from './uid-set.ts'

/** More than any person has. A server may list as many as it likes. */
export const MAX_MAILBOXES = 10_000

/** Longest mailbox name that is taken for one. A longer one does not fit the database's index, whatever it is made of. */
const MAX_PATH_OCTETS = 2_000

/** A mailbox as a server listed it, its name decoded: by the library, or by our own reader. */
export interface ListedMailbox {
  readonly path: string
  readonly delimiter?: string | null | undefined
  /** Attributes, in any case. */
  readonly flags: ReadonlySet<string>
  readonly specialUse?: string | undefined
  readonly status?: Partial<StatusObject> | undefined
}

/**
 * Cleans a LIST. Names are keys of a Map, never of an object: one may be called `__proto__`. A name that cannot
 * be stored (too long, U+0000, lone surrogates) is left out, and the list then counts as incomplete.
 */
export function readMailboxList(entries: readonly ListedMailbox[]): MailboxList {
  const byPath = new Map<string, MailboxListing>()
  let complete = true
  for (const entry of entries) {
    if (!isUsable(entry.path) || (byPath.size >= MAX_MAILBOXES && !byPath.has(entry.path))) {
      complete = false
    } else if (!byPath.has(entry.path)) {
      byPath.set(entry.path, readEntry(entry))
    }
  }
  return { mailboxes: [...byPath.values()], complete: complete && byPath.has('INBOX') }
}

function isUsable(path: string): boolean {
  return path !== '' && Buffer.byteLength(path) <= MAX_PATH_OCTETS && path.isWellFormed() && !path.includes('\0')
}

/** Attributes are not case-sensitive (RFC 9051 section 7.3.1). */
function canBeSelected(flags: ReadonlySet<string>): boolean {
  return [...flags].every((flag) => !/^\\(?:noselect|nonexistent)$/iu.test(flag))
}

function readEntry(entry: ListedMailbox): MailboxListing {
  const specialUse = entry.path === 'INBOX' ? '\\Inbox' : entry.specialUse
  const known = SpecialUse.safeParse(specialUse)
  const selectable = canBeSelected(entry.flags)
  return {
    path: entry.path,
    delimiter: typeof entry.delimiter === 'string' && entry.delimiter !== '' ? entry.delimiter.slice(0, 1) : null,
    specialUse: known.success ? known.data : null,
    selectable,
    status: selectable && entry.status !== undefined ? readMailboxStatus(entry.status) : null,
  }
}

/** Null when the server refused, or told nothing. */
export function readMailboxStatus(status: Partial<StatusObject> | false): MailboxStatus | null {
  if (status === false || 'error' in status) {
    return null
  }
  return {
    messages: readCount(status.messages),
    uidNext: readCount(status.uidNext),
    uidValidity: readBigInt(status.uidValidity),
    highestModseq: readBigInt(status.highestModseq),
  }
}

function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_UID ? value : undefined
}

/** Mod-sequences have 63 bits (RFC 7162 section 3.1); what is larger would not fit the column either. */
export function readBigInt(value: unknown): bigint | undefined {
  return typeof value === 'bigint' && value >= 0n && value < 1n << 63n ? value : undefined
}
