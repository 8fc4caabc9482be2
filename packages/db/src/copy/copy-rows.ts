import type { PoolClient } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { CopyColumn } from './copy-column.ts'
import { OctetWriter } from './octet-writer.ts'

/** A table and the columns that are written of it. Names are constants of this code base. */
export interface CopyTarget<Row> {
  readonly table: string
  readonly columns: readonly CopyColumn<Row>[]
}

/** PostgreSQL, "COPY", Binary Format: signature, no flags, no extension. */
const HEADER = Buffer.from('PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const TRAILER = Buffer.from([0xff, 0xff])

/**
 * Writes rows by COPY in binary form: the fastest way in, for octets above all (targets.md). Part of the caller's transaction. Large octet
 * strings are sent from where they are and must not change until this resolves. Rejects with the server's error; the connection is good
 * for a ROLLBACK then.
 */
export async function copyRows<Row>(client: PoolClient, { table, columns }: CopyTarget<Row>, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) {
    return
  }
  // Before the server is told: what cannot be encoded must not leave a COPY open.
  const pieces = encodeRows(columns, rows)
  const names = columns.map(({ name }) => `"${name}"`).join(', ')
  const stream = client.query(copyFrom(`COPY "${table}" (${names}) FROM STDIN (FORMAT binary)`))
  const failed = new Promise<never>((_resolve, reject) => stream.once('error', reject))
  const done = finished(stream)
  // Both are awaited below; an error that comes while neither is must not end the process.
  failed.catch(() => undefined)
  done.catch(() => undefined)
  // One at a time: pieces that wait in the stream when the server refuses the rows are written to a connection it no longer has.
  for (const piece of pieces) {
    await Promise.race([writePiece(stream, piece), failed])
  }
  stream.end()
  await done
}

async function writePiece(stream: Writable, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(piece, (error) => (error ? reject(error) : resolve()))
  })
}

/** The octets of a binary COPY. */
export function encodeRows<Row>(columns: readonly CopyColumn<Row>[], rows: readonly Row[]): readonly Uint8Array[] {
  const out = new OctetWriter()
  for (const row of rows) {
    out.int16(columns.length)
    for (const { write } of columns) {
      write(out, row)
    }
  }
  return [HEADER, ...out.take(), TRAILER]
}
