import { MailFault } from '../mail-fault.ts'
import type { FetchAnswer } from './bulk-answer.ts'
import { toMessageAttributes, toMessageFlags } from './fetch-row.ts'
import { MAX_HEADER_OCTETS, type FetchedHeader, type MessageAttributes, type MessageFlags, type UidRange } from './imap-session-types.ts'

/** What takes the rows of a command, and what they come to once it is answered. */
export interface FetchCollector<T> {
  readonly answer: FetchAnswer
  readonly finish: () => T
}

/** Flags of the messages in a range, ascending; of several rows about one the last counts. */
export function collectFlags({ from, to }: UidRange, maxRows: number): FetchCollector<readonly MessageFlags[]> {
  const rows = new RowsByUid<MessageFlags>()
  const limit = createRowLimit(maxRows)
  return {
    answer: {
      kind: 'fetch',
      wants: (uid) => uid >= from && uid <= to,
      claim: () => null,
      take: (row) => {
        limit()
        const flags = row.uid >= from && row.uid <= to ? toMessageFlags(row) : null
        if (flags !== null) rows.add(flags)
        return flags !== null
      },
    },
    finish: () => rows.finish(),
  }
}

/** Attributes of the messages that were asked for, ascending. */
export function collectAttributes(uids: readonly number[]): FetchCollector<readonly MessageAttributes[]> {
  const asked = new Set(uids)
  const rows = new RowsByUid<MessageAttributes>()
  const limit = createRowLimit(maxRowsOf(uids))
  return {
    answer: {
      kind: 'fetch',
      wants: (uid) => asked.has(uid),
      claim: () => null,
      take: (row) => {
        limit()
        const attributes = asked.has(row.uid) ? toMessageAttributes(row) : null
        if (attributes !== null) rows.add(attributes)
        return attributes !== null
      },
    },
    finish: () => rows.finish(),
  }
}

/** Sixty times what five hundred headers usually have. */
const MAX_HEADERS_OCTETS = 64 << 20

/** Attributes and headers, also where a server tells them in rows of their own. What has only one of both is left out. */
export function collectHeaders(uids: readonly number[]): FetchCollector<readonly FetchedHeader[]> {
  const attributes = collectAttributes(uids)
  const contents = collectContents(uids, {
    item: 'header',
    maxOctets: MAX_HEADER_OCTETS,
    maxTotalOctets: MAX_HEADERS_OCTETS,
    allocate: (octets) => Buffer.allocUnsafe(octets),
  })
  return {
    answer: {
      ...contents.answer,
      take: (row) => {
        // Both look at the row, whatever the first of them says.
        const [hasHeader, hasAttributes] = [contents.answer.take(row), attributes.answer.take(row)]
        return hasHeader || hasAttributes
      },
    },
    finish: () => {
      const headers = contents.finish()
      return attributes.finish().flatMap((found) => {
        const header = headers.get(found.uid)
        return header === undefined ? [] : [{ attributes: found, header }]
      })
    },
  }
}

export interface ContentWanted {
  readonly item: 'header' | 'source'
  /** What is longer is cut. */
  readonly maxOctets: number
  /** Of all contents of the command together. A server's word about sizes bounds what is asked for, not what it sends. */
  readonly maxTotalOctets: number
  readonly allocate: (octets: number) => Buffer
}

/** Contents by UID. Of several of one message the first is kept, and no memory is claimed for the others. */
export function collectContents(
  uids: readonly number[],
  { item, maxOctets, maxTotalOctets, allocate }: ContentWanted,
): FetchCollector<ReadonlyMap<number, Buffer>> {
  const asked = new Set(uids)
  const contents = new Map<number, Buffer>()
  const limit = createRowLimit(maxRowsOf(uids))
  let left = maxTotalOctets
  return {
    answer: {
      kind: 'fetch',
      wants: (uid) => asked.has(uid),
      claim: ({ uid }, told, octets) => {
        const isWanted = told === item && (uid === 0 || (asked.has(uid) && !contents.has(uid)))
        if (!isWanted) return null
        const kept = Math.min(octets, maxOctets)
        left -= kept
        if (left < 0) throw new MailFault({ ...TOO_MUCH, hint: 'The mail server answered with more octets than it has told of.' })
        return allocateExactly(allocate, kept)
      },
      take: (row) => {
        limit()
        const content = row[item]
        if (content === null || !asked.has(row.uid)) return content !== null
        if (!contents.has(row.uid)) contents.set(row.uid, content)
        return true
      },
    },
    finish: () => contents,
  }
}

function allocateExactly(allocate: (octets: number) => Buffer, octets: number): Buffer {
  const memory = allocate(octets)
  if (memory.length < octets) throw new RangeError(`Asked for ${octets} octets of memory, given ${memory.length}.`)
  return memory.subarray(0, octets)
}

const TOO_MUCH = { code: 'sync.server_error', stage: 'ready', class: 'protocol' } as const

/** Rows in between count too: a server may tell of flags as often as it likes, but not without end. */
function maxRowsOf(uids: readonly number[]): number {
  return uids.length * 4 + 1_000
}

function createRowLimit(maxRows: number): () => void {
  let rows = 0
  return () => {
    rows += 1
    if (rows > maxRows) {
      throw new MailFault({ ...TOO_MUCH, hint: 'The mail server answered with more messages than it has.' })
    }
  }
}

/** Rows of messages, one each. Servers tell them in ascending order, nearly always: then there is nothing to sort. */
class RowsByUid<T extends { readonly uid: number }> {
  readonly #rows: T[] = []
  #isAscending = true
  #last = 0

  add(row: T): void {
    if (row.uid <= this.#last) this.#isAscending = false
    this.#last = row.uid
    this.#rows.push(row)
  }

  finish(): readonly T[] {
    if (this.#isAscending) return this.#rows
    const last = new Map(this.#rows.map((row) => [row.uid, row]))
    return [...last.values()].toSorted((left, right) => left.uid - right.uid)
  }
}
