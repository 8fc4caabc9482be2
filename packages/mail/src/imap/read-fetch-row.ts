import type { FetchMessageObject } from 'imapflow'
import { sortFlagWords } from './flag-words.ts'
import type { MessageFlags } from './imap-session-types.ts'
import { readBigInt } from './read-mailbox-list.ts'
import { MAX_UID } from './uid-set.ts'

/**
 * Flags of a FETCH row as imapflow tells it; null for a row that is not about flags, as servers send them in between (RFC 9051
 * section 7.5.2).
 */
export function readFlagsRow(row: FetchMessageObject): MessageFlags | null {
  if (!isUid(row.uid) || row.flags === undefined) {
    return null
  }
  return { uid: row.uid, ...sortFlagWords(row.flags), modseq: readBigInt(row.modseq) ?? null }
}

function isUid(uid: unknown): uid is number {
  return typeof uid === 'number' && Number.isInteger(uid) && uid > 0 && uid <= MAX_UID
}
