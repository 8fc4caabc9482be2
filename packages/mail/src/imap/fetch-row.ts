import type { FlagWords } from './flag-words.ts'
import type { MessageAttributes, MessageFlags } from './imap-session-types.ts'

/** What one FETCH response told (RFC 9051 section 7.5.2), as far as we ever ask. One object, filled again for each response. */
export interface FetchRow {
  seq: number
  /** 0 when the row had none that is one. */
  uid: number
  flags: FlagWords | null
  modseq: bigint | null
  internalDate: Date | null
  /** Null when the row had none; 0 when it was no size. */
  sizeOctets: number | null
  emailId: string | null
  header: Buffer | null
  source: Buffer | null
}

/** A message's number has 32 bits. */
const MAX_SEQ = 4_294_967_295

export function newFetchRow(): FetchRow {
  return {
    seq: 0,
    uid: 0,
    flags: null,
    modseq: null,
    internalDate: null,
    sizeOctets: null,
    emailId: null,
    header: null,
    source: null,
  }
}

export function clearFetchRow(row: FetchRow): void {
  row.seq = 0
  row.uid = 0
  row.flags = null
  row.modseq = null
  row.internalDate = null
  row.sizeOctets = null
  row.emailId = null
  row.header = null
  row.source = null
}

/** Null for a row that is not about flags, as servers send them in between. */
export function toMessageFlags({ uid, flags, modseq }: FetchRow): MessageFlags | null {
  return uid === 0 || flags === null ? null : { uid, flags: flags.flags, keywords: flags.keywords, modseq }
}

/** Everything that is stored about a message beside its content; null for a row that lacks it. */
export function toMessageAttributes(row: FetchRow): MessageAttributes | null {
  const flags = toMessageFlags(row)
  if (flags === null || row.sizeOctets === null) return null
  return { ...flags, internalDate: row.internalDate, sizeOctets: row.sizeOctets, emailId: row.emailId }
}

/** The row as a server says it that tells of flags by itself, for who waits for that; null when it has none. */
export function writeFlagsRow({ seq, uid, flags, modseq }: FetchRow): string | null {
  if (flags === null || seq < 1 || seq > MAX_SEQ) return null
  const words = [...flags.flags, ...flags.keywords].filter((word) => /^\\?[!#$&-'+-Z^-z|}~]+$/u.test(word))
  const known = [uid === 0 ? '' : `UID ${uid} `, `FLAGS (${words.join(' ')})`, modseq === null ? '' : ` MODSEQ (${modseq})`]
  return `* ${seq} FETCH (${known.join('')})\r\n`
}
