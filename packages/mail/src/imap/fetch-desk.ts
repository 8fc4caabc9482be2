import type { ResponseLine } from '../wire/response-scanner.ts'
import type { FetchAnswer } from './bulk-answer.ts'
import { FetchRowReader } from './fetch-row-reader.ts'
import { writeFlagsRow, type FetchRow } from './fetch-row.ts'

/** News of flags between the rows of answers. Who waits for news learns no more from the next thousand. */
const MAX_NEWS = 1_000

/** Reads rows and gives each to the answer that asked for it; what nobody asked for goes on as news. */
export class FetchDesk {
  readonly #reader = new FetchRowReader((row, item, octets) => this.#claim(row, item, octets))
  readonly #tell: (news: Buffer) => void
  /** Of the commands on the wire, in order. At least one while a row is read. */
  answers: readonly FetchAnswer[] = []
  /** In whose memory the contents of the row are. */
  #claimant: FetchAnswer | null = null
  #news = 0

  constructor(tell: (news: Buffer) => void) {
    this.#tell = tell
  }

  begin(seq: number): void {
    this.#reader.begin(seq)
    this.#claimant = null
  }

  /** A line of the row. @returns where its literal is to be written; null: nowhere */
  read(line: ResponseLine): Buffer | null {
    const memory = this.#reader.read(line)
    if (line.literal === -1) this.#deliver(this.#reader.row)
    return memory
  }

  /** News are counted anew. */
  rest(): void {
    this.#news = 0
  }

  #find(uid: number): FetchAnswer | undefined {
    const [first] = this.answers
    return this.answers.length === 1 ? first : (this.answers.find((answer) => answer.wants(uid)) ?? first)
  }

  #claim(row: FetchRow, item: 'header' | 'source', octets: number): Buffer | null {
    this.#claimant = this.#find(row.uid) ?? null
    return this.#claimant?.claim(row, item, octets) ?? null
  }

  #deliver(row: FetchRow): void {
    const answer = this.#find(row.uid)
    if (answer === undefined) return
    if (this.#claimant !== null && this.#claimant !== answer) move(row, answer)
    if (answer.take(row) || this.#news >= MAX_NEWS) return
    const news = writeFlagsRow(row)
    if (news !== null) {
      this.#news += 1
      this.#tell(Buffer.from(news))
    }
  }
}

/** The UID came after the content, and the content was put where another answer keeps its own. */
function move(row: FetchRow, answer: FetchAnswer): void {
  for (const item of ['header', 'source'] as const) {
    const content = row[item]
    if (content !== null) {
      const memory = answer.claim(row, item, content.length)
      if (memory !== null) content.copy(memory)
      row[item] = memory
    }
  }
}
