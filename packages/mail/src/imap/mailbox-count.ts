import { countUids, readUidRanges } from './uid-set.ts'

const MAX_NUMBER = 4_294_967_295

/**
 * How many messages the open mailbox has, by all a server has said so far. The library counts too, but later: it reads what it is given in
 * its own time.
 */
export class MailboxCount {
  exists = 0

  /** Another mailbox is being opened: what was said so far is about the one before. */
  open(): void {
    this.exists = 0
  }

  /** A response that begins with a number: `3 EXISTS`, `2 EXPUNGE`. */
  note(number: number, keyword: string): void {
    if (keyword === 'EXISTS' && number <= MAX_NUMBER) this.exists = number
    else if (keyword === 'EXPUNGE' && number >= 1 && number <= this.exists) this.exists -= 1
  }

  /** `VANISHED 5:7` of messages that were there until now (RFC 7162 section 3.2.10); what begins with `(EARLIER)` is about the past. */
  noteVanished(set: string): void {
    if (!set.startsWith('(')) this.exists = Math.max(0, this.exists - countUids(readUidRanges(set)))
  }
}
