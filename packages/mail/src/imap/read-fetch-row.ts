import { toStorableText } from '@maildock/core'
import type { FetchMessageObject } from 'imapflow'
import type { MessageAttributes, MessageFlags } from './imap-session-types.ts'
import { readBigInt } from './read-mailbox-list.ts'
import { MAX_UID } from './uid-set.ts'

const MAX_KEYWORDS = 200
const MAX_FLAG_LENGTH = 255

/**
 * Flags of a FETCH row; null for a row that is not about flags, as servers send them in between (RFC 9051 section 7.5.2). Odd octets
 * and excess are dropped: a keyword is a word, not a document.
 */
export function readFlagsRow(row: FetchMessageObject): MessageFlags | null {
  if (!isUid(row.uid) || row.flags === undefined) {
    return null
  }
  const flags: string[] = []
  const keywords: string[] = []
  for (const flag of row.flags) {
    const clean = toStorableText(flag)
    if (clean !== '' && clean.length <= MAX_FLAG_LENGTH && clean.toLowerCase() !== '\\recent') {
      const list = clean.startsWith('\\') ? flags : keywords
      list.push(list === flags ? spellFlag(clean) : clean)
    }
  }
  return {
    uid: row.uid,
    flags: unique(flags),
    keywords: unique(keywords),
    modseq: readBigInt(row.modseq) ?? null,
  }
}

/** Everything that is stored about a message beside its content; null for a row that lacks it. */
export function readAttributesRow(row: FetchMessageObject): MessageAttributes | null {
  const flags = readFlagsRow(row)
  if (flags === null || row.size === undefined) {
    return null
  }
  const date = row.internalDate instanceof Date ? row.internalDate : null
  const emailId = typeof row.emailId === 'string' && row.emailId !== '' ? toStorableText(row.emailId.slice(0, MAX_FLAG_LENGTH)) : null
  return {
    ...flags,
    internalDate: date !== null && isStorableDate(date) ? date : null,
    sizeOctets: Number.isSafeInteger(row.size) && row.size >= 0 ? row.size : 0,
    emailId,
  }
}

function isUid(uid: unknown): uid is number {
  return typeof uid === 'number' && Number.isInteger(uid) && uid > 0 && uid <= MAX_UID
}

function isStorableDate(date: Date): boolean {
  const time = date.getTime()
  return time >= 0 && time < Date.UTC(10_000, 0)
}

const SYSTEM_FLAGS: ReadonlyMap<string, string> = new Map(
  ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft'].map((flag) => [flag.toLowerCase(), flag]),
)

/** Flags are not case-sensitive (RFC 9051 section 2.3.2); stored, they have one spelling. */
function spellFlag(flag: string): string {
  return SYSTEM_FLAGS.get(flag.toLowerCase()) ?? flag
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)].toSorted().slice(0, MAX_KEYWORDS)
}
