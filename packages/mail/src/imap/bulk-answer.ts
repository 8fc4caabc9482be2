import type { ResponseLine } from '../wire/response-scanner.ts'
import type { FetchRow } from './fetch-row.ts'

/** Takes the rows of one UID FETCH. Called while the octets arrive, so whatever it throws ends the connection. */
export interface FetchAnswer {
  readonly kind: 'fetch'
  /** Whether a row of this message was asked for. */
  wants(uid: number): boolean
  /** Memory for a content; null: it is not wanted. `row.uid` is 0 where the UID has not been told yet. */
  claim(row: FetchRow, item: 'header' | 'source', octets: number): Buffer | null
  /** A row is complete. @returns false when it is not what was asked for, but news that came in between */
  take(row: FetchRow): boolean
}

/** Takes the responses to a command that is not FETCH, line by line. Called while the octets arrive, so whatever it throws ends the connection. */
export interface LineAnswer {
  readonly kind: 'lines'
  /** Longest line it reads, without literals. */
  readonly maxLineOctets: number
  /** A response begins with this word, in upper case. @returns whether it is an answer; what is none goes on to the library */
  begin(keyword: string): boolean
  /** One line of the response; the first begins behind the word. @returns where the literal that follows is to be written; null: nowhere */
  read(line: ResponseLine): Buffer | null
}

export type BulkAnswer = FetchAnswer | LineAnswer
