import { silentLogger } from '@maildock/core'
import { openPool } from '@maildock/db'
import { useTestDatabase } from '@maildock/testkit'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Threadable } from '../fixture/compose-threadable.ts'
import { composeThreadable } from '../fixture/compose-threadable.ts'
import { OWN_ADDRESS, ThreadBook } from '../fixture/thread-book.ts'
import { ThreadDesk } from '../fixture/thread-desk.ts'

const database = useTestDatabase()
let pool: Pool
beforeAll(() => {
  pool = openPool({ connectionString: database.connectionString, applicationName: 'threads', maxConnections: 4, logger: silentLogger })
})
afterAll(async () => pool.end())

async function countRows(table: 'thread' | 'thread_link', { accountId }: ThreadDesk): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(`SELECT count(*)::int FROM ${table} WHERE account_id = $1`, [accountId])
  return rows[0]?.count ?? -1
}

describe('the threads of an account', () => {
  it('are found again by later batches', async () => {
    const desk = await ThreadDesk.open(pool)
    await desk.receive({ id: 'a' }, { id: 'b', references: ['a'] }, { id: 'c' })
    await desk.receive({ id: 'd', references: ['a', 'b'] }, { id: 'e', inReplyTo: 'c' })
    expect(await desk.partition()).toEqual(['a b d', 'c e'])
  })

  it('are merged into the older one when the missing link arrives, rows and all', async () => {
    const desk = await ThreadDesk.open(pool)
    await desk.receive({ id: 'a' }, { id: 'b' }, { id: 'd', references: ['c'] })
    const before = await desk.threadIds()
    await desk.receive({ id: 'c', references: ['b'] })
    await desk.receive({ id: 'x', references: ['a', 'd'] })
    expect(await desk.partition()).toEqual(['a b c d x'])
    expect((await desk.threadIds()).get('d')).toBe(before.get('a'))
    const { rows } = await pool.query('SELECT id, merged_into FROM thread WHERE account_id = $1 AND merged_into IS NOT NULL ORDER BY id', [
      desk.accountId,
    ])
    // Both lead to the one that is left, at one step.
    expect(rows).toEqual(['b', 'd'].map((name) => ({ id: before.get(name), merged_into: before.get('a') })))
  })

  it('are found through the identifiers of one that was merged', async () => {
    const desk = await ThreadDesk.open(pool)
    await desk.receive({ id: 'a' }, { id: 'b' })
    await desk.receive({ id: 'c', references: ['a', 'b'] })
    await desk.receive({ id: 'd', references: ['b'] })
    expect(await desk.partition()).toEqual(['a b c d'])
    const { rows } = await pool.query('SELECT message_count FROM thread WHERE account_id = $1 AND merged_into IS NULL', [desk.accountId])
    expect(rows).toEqual([{ message_count: 4 }])
  })

  it('stay as they are when a batch is written again', async () => {
    const desk = await ThreadDesk.open(pool)
    const batch: Threadable[] = [{ id: 'a' }, { id: 'b', references: ['a'] }, { id: 'c', header: null }, { id: 'd', references: ['gone'] }]
    await desk.receive(...batch)
    const [threads, links, before] = [await countRows('thread', desk), await countRows('thread_link', desk), await desk.threadIds()]
    await desk.receive(...batch.toReversed())
    expect(await desk.threadIds()).toEqual(before)
    expect([await countRows('thread', desk), await countRows('thread_link', desk)]).toEqual([threads, links])
  })

  it('are its own', async () => {
    const [one, other] = [await ThreadDesk.open(pool), await ThreadDesk.open(pool)]
    await one.receive({ id: 'a' })
    await other.receive({ id: 'b', references: ['a'] }, { id: 'c' })
    expect(await other.partition()).toEqual(['b', 'c'])
    expect((await one.threadIds()).get('a')).not.toBe((await other.threadIds()).get('b'))
  })

  it('go with it', async () => {
    const [gone, stays] = [await ThreadDesk.open(pool), await ThreadDesk.open(pool)]
    for (const desk of [gone, stays]) {
      await desk.receive({ id: 'a', references: ['b'] })
    }
    await pool.query('DELETE FROM account WHERE id = $1', [gone.accountId])
    expect([await countRows('thread', gone), await countRows('thread_link', gone)]).toEqual([0, 0])
    expect([await countRows('thread', stays), await countRows('thread_link', stays)]).toEqual([1, 2])
  })
})

describe('a subject', () => {
  it('leads to the newest thread of whoever takes part in it', async () => {
    const desk = await ThreadDesk.open(pool)
    await desk.receive({ id: 'a', subject: 'Hello', day: 0 }, { id: 'b', subject: 'Hello', day: 5 })
    await desk.receive({ id: 'other', subject: 'Hello', from: 'bob@example.org', day: 6 }, { id: 'old', subject: 'Hello', day: -40 })
    await desk.receive({ id: 'c', subject: 'AW: hello', from: OWN_ADDRESS, to: 'ada@example.org', day: 7 })
    expect(await desk.partition()).toEqual(['a', 'b c', 'old', 'other'])
  })

  it('is waited for, newest first', async () => {
    const desk = await ThreadDesk.open(pool)
    await desk.receive({ id: 'c', subject: 'Re: Hello', day: 2 }, { id: 'd', references: ['c'], day: 3 })
    await desk.receive({ id: 'x', subject: 'Hello', from: 'bob@example.org', day: 1 })
    await desk.receive({ id: 'a', subject: 'Hello', day: 1 })
    await desk.receive({ id: 'y', subject: 'Hello', day: 0 })
    expect(await desk.partition()).toEqual(['a c d', 'x', 'y'])
  })
})

const conversation = (size: number): Threadable[] =>
  Array.from({ length: size }, (_value, index) => ({
    id: `m${index}`,
    subject: index % 9 === 0 ? `Re: Subject ${index % 5}` : 'Subject',
    references: index % 3 === 0 ? [] : [`m${index - 1}`, `elsewhere${index % 7}`],
  }))

describe('whatever the batch', () => {
  it('the number of statements is the same', async () => {
    const [small, large] = [await ThreadDesk.open(pool), await ThreadDesk.open(pool)]
    const first = await small.receive(...conversation(4))
    expect(await large.receive(...conversation(300))).toEqual(first)
    expect(first.length).toBeLessThanOrEqual(8)
  })

  it('the tables say what the plans say', async () => {
    const messages = conversation(120)
    const [desk, book] = [await ThreadDesk.open(pool), new ThreadBook()]
    // Newest first, as a first synchronisation comes.
    for (let end = messages.length; end > 0; end -= 7) {
      const batch = messages.slice(Math.max(0, end - 7), end)
      await desk.receive(...batch)
      book.receive(...batch.map(composeThreadable))
    }
    expect(await desk.partition()).toEqual(book.partition())
  })
})
