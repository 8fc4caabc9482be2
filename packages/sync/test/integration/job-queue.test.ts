import { silentLogger } from '@maildock/core'
import { openPool } from '@maildock/db'
import { useTestDatabase } from '@maildock/testkit'
import type { Pool } from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startJobQueue, type JobQueue } from '../../src/job-queue.ts'
import { interceptStatements } from '../fixture/intercept-statements.ts'

const database = useTestDatabase()
const APPLICATION = 'queue'
const SLOTS = 3

let pool: Pool
let queue: JobQueue
let done: number[]
/** How often a slot asked for a job. */
let asked: number
let counting: Disposable
/** Jobs wait for it. */
let gate: PromiseWithResolvers<void>
/** The most that ran at once. */
let most: number

/** Each slot has asked once, and only the listener has a connection. */
async function untilSettled(): Promise<void> {
  await expect.poll(() => asked).toBe(SLOTS)
  await expect.poll(() => pool.idleCount).toBe(pool.totalCount - 1)
}

beforeEach(async () => {
  pool = openPool({ connectionString: database.connectionString, applicationName: APPLICATION, maxConnections: 5, logger: silentLogger })
  asked = 0
  counting = interceptStatements(APPLICATION, ({ when, text }) => {
    if (when === 'before' && /skip locked/iu.test(text)) asked += 1
    return 'go'
  })
  done = []
  most = 0
  let running = 0
  gate = Promise.withResolvers()
  queue = startJobQueue(
    { pool, concurrency: SLOTS, logger: silentLogger },
    {
      note: async (payload) => {
        running += 1
        most = Math.max(most, running)
        await gate.promise
        running -= 1
        done.push(Number(payload))
      },
    },
  )
  await untilSettled()
})
afterEach(async () => {
  gate.resolve()
  await queue.stop()
  await pool.end()
  counting[Symbol.dispose]()
})

/** Jobs that nobody announces: their time was to come, and has. */
async function enqueueUnannounced(count: number): Promise<void> {
  await pool.query(
    `WITH added AS (SELECT (graphile_worker.add_job('note', to_json(number), run_at => now() + interval '1 hour')).id AS id
       FROM generate_series(1, $1::int) AS number) SELECT count(id) FROM added`,
    [count],
  )
  await expect.poll(() => pool.idleCount).toBe(pool.totalCount - 1)
  await pool.query(`UPDATE graphile_worker._private_jobs SET run_at = now()`)
}

describe('one look', () => {
  it('is one query where there is nothing to do', async () => {
    const before = asked
    queue.look()
    await expect.poll(() => asked).toBe(before + 1)
    await expect.poll(() => pool.idleCount).toBe(pool.totalCount - 1)
    queue.look()
    await expect.poll(() => asked).toBe(before + 2)
  })

  it('starts as much of what is due as there are slots, and those go on with the rest', async () => {
    await enqueueUnannounced(7)
    queue.look()
    await expect.poll(() => most).toBe(SLOTS)
    gate.resolve()
    await expect.poll(() => done.toSorted((left, right) => left - right)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(most).toBe(SLOTS)
  })

  it('is none while it stops', async () => {
    await queue.stop()
    const before = asked
    queue.look()
    expect(asked).toBe(before)
  })
})

describe('a new job', () => {
  it('starts without a look', async () => {
    gate.resolve()
    await pool.query(`SELECT graphile_worker.add_job('note', to_json(1))`)
    await expect.poll(() => done).toEqual([1])
  })
})
