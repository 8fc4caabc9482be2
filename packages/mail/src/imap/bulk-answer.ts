import type { FetchRow } from './fetch-row.ts'
import type { UidSearchReader } from './uid-search-reader.ts'

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

/** Takes the lines of one UID SEARCH. */
export interface SearchAnswer {
  readonly kind: 'search'
  readonly reader: UidSearchReader
}

export type BulkAnswer = FetchAnswer | SearchAnswer
