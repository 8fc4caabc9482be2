import { silentLogger, syncJobKey } from '@maildock/core'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { enqueueJob, inTransaction, newId, openDatabase, prismaExecutor, type Database } from '../../src/index.ts'

const { connectionString } = useTestDatabase()
let database: Database

beforeAll(() => {
  database = openDatabase({ connectionString, applicationName: 'enqueue-test', maxConnections: 12, logger: silentLogger })
})
afterAll(() => database[Symbol.asyncDispose]())

const LATER = new Date('2099-01-01T00:00:00.000Z')
const SOONER = new Date('2098-01-01T00:00:00.000Z')

async function jobsWith(key: string) {
  const { rows } = await database.pool.query(
    `SELECT task.identifier AS name, job.payload, job.priority, job.run_at, queue.queue_name AS queue, job.max_attempts
     FROM graphile_worker._private_jobs job
     JOIN graphile_worker._private_tasks task ON task.id = job.task_id
     LEFT JOIN graphile_worker._private_job_queues queue ON queue.id = job.job_queue_id
     WHERE job.key = $1`,
    [key],
  )
  return rows
}

describe('enqueueJob', () => {
  test('adds what it was asked to', async () => {
    const accountId = newId()
    const jobKey = syncJobKey(accountId)
    const id = await enqueueJob(
      database.pool,
      { name: 'sync_account', payload: { accountId, reason: 'connect' } },
      { jobKey, priority: -5, runAt: LATER, queueName: 'q', maxAttempts: 1 },
    )
    expect(id).toMatch(/^\d+$/u)
    expect(await jobsWith(jobKey)).toEqual([
      { name: 'sync_account', payload: { accountId, reason: 'connect' }, priority: -5, run_at: LATER, queue: 'q', max_attempts: 1 },
    ])
  })

  test('works through Prisma, and belongs to its transaction', async () => {
    const [kept, dropped] = [newId(), newId()]
    await database.prisma.$transaction((tx) =>
      enqueueJob(
        prismaExecutor(tx),
        { name: 'sync_account', payload: { accountId: kept, reason: 'manual' } },
        { jobKey: syncJobKey(kept), runAt: LATER },
      ),
    )
    const failing = inTransaction(database.pool, async (client) => {
      await enqueueJob(client, { name: 'sync_account', payload: { accountId: dropped, reason: 'manual' } }, { jobKey: syncJobKey(dropped) })
      throw new Error('roll back')
    })
    await expect(failing).rejects.toThrow('roll back')
    expect(await jobsWith(syncJobKey(kept))).toHaveLength(1)
    expect(await jobsWith(syncJobKey(dropped))).toEqual([])
  })

  test('moves the waiting job of a key, or lets it keep its time', async () => {
    const accountId = newId()
    const jobKey = syncJobKey(accountId)
    const add = (reason: 'manual' | 'sweep', options: object) =>
      enqueueJob(database.pool, { name: 'sync_account', payload: { accountId, reason } }, { jobKey, ...options })
    await add('sweep', { runAt: LATER })
    await add('manual', { runAt: SOONER })
    expect(await jobsWith(jobKey)).toMatchObject([{ run_at: SOONER, payload: { reason: 'manual' } }])
    await add('sweep', { runAt: LATER, jobKeyMode: 'preserve_run_at' })
    expect(await jobsWith(jobKey)).toMatchObject([{ run_at: SOONER, payload: { reason: 'sweep' } }])
  })

  test('follows a running job of the same key with a new one', async () => {
    const accountId = newId()
    const jobKey = syncJobKey(accountId)
    const first = await enqueueJob(database.pool, { name: 'sync_account', payload: { accountId, reason: 'manual' } }, { jobKey })
    await database.pool.query("UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'test' WHERE id = $1", [first])
    const second = await enqueueJob(database.pool, { name: 'sync_account', payload: { accountId, reason: 'manual' } }, { jobKey })
    expect(second).not.toBe(first)
    expect(await jobsWith(jobKey)).toHaveLength(1)
  })

  test('leaves one waiting job, however many add it at once', async () => {
    const accountId = newId()
    const jobKey = syncJobKey(accountId)
    await Promise.all(
      Array.from({ length: 50 }, () =>
        enqueueJob(database.pool, { name: 'sync_account', payload: { accountId, reason: 'manual' } }, { jobKey }),
      ),
    )
    expect(await jobsWith(jobKey)).toHaveLength(1)
  })

  test('refuses a payload that is not of the job', async () => {
    const payload = { accountId: newId(), reason: 'manual', password: 'secret' } as const
    await expect(enqueueJob(database.pool, { name: 'sync_account', payload })).rejects.toThrow(/password/u)
    const unknown = { accountId: 'nobody', reason: 'manual' } as const
    await expect(enqueueJob(database.pool, { name: 'sync_account', payload: unknown })).rejects.toThrow(/Invalid UUID/u)
  })
})
