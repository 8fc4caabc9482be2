import { silentLogger } from '@maildock/core'
import { useTestDatabase } from '@maildock/testkit'
import type { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  bigintColumn,
  booleanColumn,
  copyRows,
  inTransaction,
  jsonColumn,
  newId,
  octetsColumn,
  openPool,
  textArrayColumn,
  textColumn,
  timeColumn,
  uuidColumn,
  type CopyTarget,
} from '../../src/index.ts'

interface Row {
  readonly id: string
  readonly name: string | null
  readonly octets: Uint8Array | null
  readonly words: readonly string[] | null
  readonly value: object | null
  readonly at: Date | null
  readonly big: bigint | null
  readonly flag: boolean | null
}

const TARGET: CopyTarget<Row> = {
  table: 'copied',
  columns: [
    uuidColumn('id', ({ id }) => id),
    textColumn('name', ({ name }) => name),
    octetsColumn('octets', ({ octets }) => octets),
    textArrayColumn('words', ({ words }) => words),
    jsonColumn('value', ({ value }) => value),
    timeColumn('at', ({ at }) => at),
    bigintColumn('big', ({ big }) => big),
    booleanColumn('flag', ({ flag }) => flag),
  ],
}

const EMPTY: Omit<Row, 'id'> = { name: null, octets: null, words: null, value: null, at: null, big: null, flag: null }

const database = useTestDatabase()
let pool: Pool
beforeAll(async () => {
  pool = openPool({ connectionString: database.connectionString, applicationName: 'copy', maxConnections: 2, logger: silentLogger })
  await pool.query(
    'CREATE TABLE copied (id uuid PRIMARY KEY, name text, octets bytea, words text[], value jsonb, at timestamptz(3), big bigint, flag boolean)',
  )
})
beforeEach(async () => void (await pool.query('TRUNCATE copied')))
afterAll(async () => pool.end())

async function copy(...rows: readonly Row[]): Promise<readonly object[]> {
  await inTransaction(pool, async (client) => copyRows(client, TARGET, rows))
  return (await pool.query<object>('SELECT * FROM copied ORDER BY id')).rows
}

describe('copyRows', () => {
  it('writes every type of value as it is', async () => {
    const row: Row = {
      id: newId(),
      name: 'Grüße, 日本 𝄞',
      octets: Buffer.from([0, 1, 255]),
      words: ['a', '', 'b "c", {d}', 'ä'],
      value: [{ name: null, address: 'a@b.example', text: '\\ " \n' }],
      at: new Date('2026-01-15T10:00:00.123Z'),
      big: 9_223_372_036_854_775_807n,
      flag: false,
    }
    expect(await copy(row)).toEqual([{ ...row, big: String(row.big) }])
  })

  it('writes what is null, empty, before the year 2000 and negative', async () => {
    const [empty, old] = [newId(), newId()]
    expect(
      await copy({ ...EMPTY, id: empty }, { ...EMPTY, id: old, name: '', words: [], octets: Buffer.alloc(0), at: new Date(0), big: -1n }),
    ).toEqual([
      { ...EMPTY, id: empty },
      { ...EMPTY, id: old, name: '', words: [], octets: Buffer.alloc(0), at: new Date(0), big: '-1' },
    ])
  })

  it('writes large octets from shared memory', async () => {
    const octets = Buffer.from(new SharedArrayBuffer(3_000_000)).fill('shared ')
    const [row] = (await copy({ ...EMPTY, id: newId(), octets })) as { octets: Buffer }[]
    expect(row?.octets.equals(octets)).toBe(true)
  })

  it('writes thousands of rows, and none', async () => {
    const rows = Array.from({ length: 5_000 }, (_value, index) => ({ ...EMPTY, id: newId(), big: BigInt(index), name: `row ${index}` }))
    expect(await copy(...rows)).toHaveLength(rows.length)
    expect(await copy()).toHaveLength(rows.length)
  })

  it('is part of the transaction: rows that are refused leave nothing, and the connection is good for more', async () => {
    const [one, other] = [newId(), newId()]
    await copy({ ...EMPTY, id: one })
    await expect(copy({ ...EMPTY, id: other }, { ...EMPTY, id: one })).rejects.toMatchObject({ code: '23505' })
    await expect(copy({ ...EMPTY, id: other, name: 'nul \0' })).rejects.toMatchObject({ code: '22021' })
    expect(await copy({ ...EMPTY, id: other })).toHaveLength(2)
  })

  it.each([4, 8, 24])('is refused while %i MB are still on their way, and the connection is good for more', async (megabytes) => {
    const id = newId()
    await copy({ ...EMPTY, id })
    const large = Buffer.alloc(500_000, 7)
    const rows = Array.from({ length: megabytes * 2 }, (_value, index) => ({ ...EMPTY, id: index === 0 ? id : newId(), octets: large }))
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      await expect(copyRows(client, TARGET, rows)).rejects.toMatchObject({ code: '23505' })
      await client.query('ROLLBACK')
      expect((await client.query('SELECT id FROM copied')).rows).toEqual([{ id }])
    } finally {
      client.release()
    }
  })

  it('tells the server nothing of what cannot be encoded', async () => {
    const unwritable = { ...EMPTY, id: newId(), big: 1n << 80n }
    await inTransaction(pool, async (client) => {
      await expect(copyRows(client, TARGET, [unwritable])).rejects.toThrow(RangeError)
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    })
  })

  it('rejects when the connection is lost, and the pool goes on', async () => {
    const lost = inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      await pool.query('SELECT pg_terminate_backend($1, 5000)', [rows[0]?.pid])
      await copyRows(client, TARGET, [{ ...EMPTY, id: newId(), octets: Buffer.alloc(1_000_000) }])
    })
    await expect(lost).rejects.toThrow(/terminat|ECONNRESET|EPIPE|not queryable/u)
    expect(await copy({ ...EMPTY, id: newId() })).toHaveLength(1)
  })
})
