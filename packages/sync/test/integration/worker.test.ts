import { silentLogger, syncJobKey, type SyncReason } from '@maildock/core'
import { enqueueJob } from '@maildock/db'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startWorker, type Worker, type WorkerOptions } from '../../src/index.ts'
import { sweepWorkers } from '../../src/tasks/sweep-workers.ts'
import { purgeOrphans, sweepAccounts } from '../../src/tasks/sweep-accounts.ts'
import { composeLongMail, composeMail, composeVariedMail } from '../fixture/compose-mail.ts'
import { deliverMany } from '../fixture/deliver-many.ts'
import { asServed, listInDatabase, listOnServer, listStoredHashes, sha256 } from '../fixture/mail-oracle.ts'
import { openMailStage, type MailStage, type StagedAccount } from '../fixture/mail-stage.ts'
import { startWorkerProcess } from '../fixture/start-worker-process.ts'

const database = useTestDatabase()
let stage: MailStage
beforeAll(async () => {
  stage = await openMailStage(database)
})
afterAll(async () => stage[Symbol.asyncDispose]())

async function enqueue(account: StagedAccount, reason: SyncReason = 'connect'): Promise<void> {
  await enqueueJob(stage.pool, { name: 'sync_account', payload: { accountId: account.id, reason } }, { jobKey: syncJobKey(account.id) })
}

async function start(change: Partial<WorkerOptions> = {}): Promise<Worker> {
  const { vault, egress } = stage
  return startWorker({ connectionString: database.connectionString, vault, egress, logger: silentLogger, parserThreads: 1, ...change })
}

async function connectWithMail(count: number): Promise<{ account: StagedAccount; hashes: readonly string[] }> {
  const account = await stage.connect()
  const sources = Array.from({ length: count }, (_value, number) => composeLongMail(number))
  await deliverMany(stage.dovecot, account.user, sources)
  return { account, hashes: sources.map((source) => sha256(asServed(source))).toSorted() }
}

async function countStored(account: StagedAccount): Promise<number> {
  const { rows } = await stage.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM placement WHERE account_id = $1', [
    account.id,
  ])
  return rows[0]?.count ?? 0
}

async function untilSynced(account: StagedAccount, timeout = 30_000): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await stage.pool.query('SELECT sync_status FROM account WHERE id = $1', [account.id])
      expect(rows).toEqual([{ sync_status: 'synced' }])
    },
    { timeout, interval: 50 },
  )
}

async function lockJob(account: StagedAccount, owner: string, age: string): Promise<void> {
  await enqueue(account)
  await stage.pool.query(
    `UPDATE graphile_worker._private_jobs SET locked_by = $2, locked_at = now() - $3::interval WHERE key = 'sync:' || $1`,
    [account.id, owner, age],
  )
}

async function ownerOf(account: StagedAccount): Promise<unknown> {
  const { rows } = await stage.pool.query<{ locked_by: string | null }>(
    `SELECT locked_by FROM graphile_worker.jobs WHERE key = 'sync:' || $1`,
    [account.id],
  )
  return rows[0]?.locked_by
}

async function isEnqueued(account: StagedAccount): Promise<boolean> {
  const { rows } = await stage.pool.query(`SELECT 1 FROM graphile_worker.jobs WHERE key = 'sync:' || $1`, [account.id])
  return rows.length === 1
}

describe('a worker', () => {
  it('takes connected accounts up and synchronises them, several at once', async () => {
    const accounts = await Promise.all(Array.from({ length: 5 }, async () => stage.connect()))
    for (const [number, account] of accounts.entries()) {
      await stage.dovecot.deliver(account.user, composeVariedMail(number))
    }
    await using worker = await start({ concurrency: 3 })
    for (const account of accounts) {
      await enqueue(account)
    }
    for (const account of accounts) {
      await untilSynced(account)
      expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
    }
    await vi.waitFor(
      async () => {
        const { rows } = await stage.pool.query('SELECT id FROM worker')
        expect(rows).toEqual([{ id: worker.id }])
      },
      { timeout: 15_000 },
    )
  })

  it('is struck off when it stops, and leaves nothing locked', async () => {
    const { account } = await connectWithMail(200)
    await using worker = await start()
    await enqueue(account)
    await vi.waitFor(async () => expect(await countStored(account)).toBeGreaterThan(0), { timeout: 20_000, interval: 5 })
    const started = performance.now()
    await worker[Symbol.asyncDispose]()
    expect(performance.now() - started).toBeLessThan(15_000)
    const { rows } = await stage.pool.query(
      `SELECT (SELECT count(*)::int FROM worker) AS workers,
              (SELECT count(*)::int FROM graphile_worker.jobs WHERE locked_at IS NOT NULL) AS locked,
              (SELECT count(*)::int FROM sync_lease WHERE expires_at > now()) AS leases`,
    )
    expect(rows).toEqual([{ workers: 0, locked: 0, leases: 0 }])
    await using next = await start()
    await untilSynced(account)
    expect(next.id).not.toBe(worker.id)
    expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
  })
})

/** Waits, inside the database, for the first batch of an account, and lets no further one in until it is disposed: that is the middle of a pass. */
async function haltAfterFirstBatch(account: { readonly id: string }): Promise<AsyncDisposable> {
  const client = await stage.pool.connect()
  let isHeld = true
  await client.query('BEGIN')
  await client.query(
    `DO $$ BEGIN
       WHILE NOT EXISTS (SELECT FROM placement WHERE account_id = '${account.id}') LOOP END LOOP;
       LOCK TABLE placement IN SHARE MODE;
     END $$`,
  )
  return {
    [Symbol.asyncDispose]: async () => {
      if (isHeld) {
        isHeld = false
        await client.query('ROLLBACK')
        client.release()
      }
    },
  }
}

describe('a worker that is killed in the middle of a pass', () => {
  it('is followed by another one: nothing lost, nothing twice, every source to the byte', async () => {
    const { account, hashes } = await connectWithMail(600)
    await using victim = await startWorkerProcess(database, stage)
    await enqueue(account)
    await using halt = await haltAfterFirstBatch(account)
    await victim.kill()
    expect(await countStored(account)).toBeLessThan(600)
    await halt[Symbol.asyncDispose]()
    // The test moves the clock of the lease and of the heartbeat instead of waiting for them.
    await stage.pool.query(`UPDATE sync_lease SET expires_at = now() WHERE account_id = $1`, [account.id])
    await stage.pool.query(`UPDATE worker SET heartbeat_at = now() - interval '31 seconds' WHERE id = $1`, [victim.id])
    await using heir = await startWorkerProcess(database, stage)
    await untilSynced(account)
    expect(heir.id).not.toBe(victim.id)
    expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
    expect(await listStoredHashes(stage.pool, account)).toEqual(hashes)
  })

  it('has its account resumed within a minute without anybody moving a clock', async () => {
    const { account } = await connectWithMail(600)
    await using heir = await startWorkerProcess(database, stage)
    heir.child.kill('SIGSTOP')
    await using victim = await startWorkerProcess(database, stage)
    await enqueue(account)
    await using halt = await haltAfterFirstBatch(account)
    await victim.kill()
    const killedAt = performance.now()
    expect(await countStored(account)).toBeLessThan(600)
    await halt[Symbol.asyncDispose]()
    heir.child.kill('SIGCONT')
    await untilSynced(account, 60_000)
    expect(performance.now() - killedAt).toBeLessThan(60_000)
    expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
  }, 120_000)

  it('stops within its time when asked, in a process of its own', async () => {
    const { account } = await connectWithMail(200)
    await using worker = await startWorkerProcess(database, stage)
    await enqueue(account)
    await vi.waitFor(async () => expect(await countStored(account)).toBeGreaterThan(0), { timeout: 20_000, interval: 2 })
    expect(await worker.stop()).toBe(0)
  })
})

describe('sweepWorkers', () => {
  it.each([
    ['silent for 31 s', '31 seconds', true],
    ['alive', '1 second', false],
  ])('of a worker that is %s', async (_what, silence, unlocked) => {
    const account = await stage.connect()
    const owner = `pool-${account.id}`
    await stage.pool.query(`INSERT INTO worker (id, heartbeat_at) VALUES ($1, now() - $2::interval)`, [owner, silence])
    await lockJob(account, owner, '1 second')
    const dead = await sweepWorkers(stage.pool)
    expect(dead.includes(owner)).toBe(unlocked)
    expect(await ownerOf(account)).toBe(unlocked ? null : owner)
    await stage.pool.query('DELETE FROM worker WHERE id = $1', [owner])
  })

  it.each([
    ['long ago', '61 seconds', true],
    ['just now', '1 second', false],
  ])('unlocks what a worker nobody ever heard of locked %s: %s', async (_what, age, unlocked) => {
    const account = await stage.connect()
    await lockJob(account, `pool-${account.id}`, age)
    await sweepWorkers(stage.pool)
    expect(await ownerOf(account)).toBe(unlocked ? null : `pool-${account.id}`)
  })
})

describe('sweepAccounts', () => {
  it.each<[string, string, boolean]>([
    ['whose last pass began five minutes ago', `last_sync_started_at = now() - interval '5 minutes'`, true],
    ['whose last pass began just now', `last_sync_started_at = now()`, false],
    ['that was connected long ago and never begun', `created_at = now() - interval '1 hour', last_sync_started_at = NULL`, true],
    ['that is disconnected', `last_sync_started_at = now() - interval '1 hour', disconnected_at = now()`, false],
    [
      'that waits for its next attempt',
      `last_sync_started_at = now() - interval '1 hour', next_attempt_at = now() + interval '1 minute'`,
      false,
    ],
    [
      'whose next attempt is due and whose job was lost',
      `last_sync_started_at = now() - interval '1 hour', next_attempt_at = now() - interval '1 minute'`,
      true,
    ],
    [
      'that is stopped until it is changed',
      `last_sync_started_at = now() - interval '1 hour', sync_status = 'error', next_attempt_at = NULL`,
      false,
    ],
    [
      'in error that is tried again',
      `last_sync_started_at = now() - interval '1 hour', sync_status = 'error', next_attempt_at = now()`,
      true,
    ],
  ])('an account %s', async (_what, change, expected) => {
    const account = await stage.connect()
    await stage.pool.query(`UPDATE account SET ${change} WHERE id = $1`, [account.id])
    await sweepAccounts(stage.pool)
    expect(await isEnqueued(account)).toBe(expected)
  })

  it('leaves a job that waits as it is, and an account that is at work alone', async () => {
    const waiting = await stage.connect()
    const working = await stage.connect()
    await stage.pool.query(`UPDATE account SET last_sync_started_at = now() - interval '1 hour' WHERE id = ANY($1::uuid[])`, [
      [waiting.id, working.id],
    ])
    await stage.pool.query(
      `INSERT INTO sync_lease (account_id, holder, token, expires_at) VALUES ($1, 'x', 1, now() + interval '1 minute')`,
      [working.id],
    )
    await enqueue(waiting, 'manual')
    await sweepAccounts(stage.pool)
    const { rows } = await stage.pool.query<{ payload: { reason: string } }>(
      `SELECT jobs.payload FROM graphile_worker._private_jobs AS jobs WHERE jobs.key = 'sync:' || $1`,
      [waiting.id],
    )
    expect(rows[0]?.payload.reason).toBe('manual')
    expect(await isEnqueued(working)).toBe(false)
  })

  it('enqueues once, however many processes sweep', async () => {
    const account = await stage.connect()
    await stage.pool.query(`UPDATE account SET last_sync_started_at = now() - interval '1 hour' WHERE id = $1`, [account.id])
    await Promise.all(Array.from({ length: 5 }, async () => sweepAccounts(stage.pool)))
    const { rows } = await stage.pool.query(
      `SELECT count(*)::int AS jobs FROM graphile_worker._private_jobs WHERE payload->>'accountId' = $1`,
      [account.id],
    )
    expect(rows).toEqual([{ jobs: 1 }])
  })
})

describe('purgeOrphans', () => {
  it('deletes what has been in no mailbox for a week, and nothing else', async () => {
    const account = await stage.connect()
    for (const number of [1, 2, 3]) {
      await stage.dovecot.deliver(account.user, composeMail(number))
    }
    await stage.sync(account)
    await stage.dovecot.doveadm('expunge', '-u', account.user, 'mailbox', 'INBOX', 'uid', '1:2')
    await stage.sync(account, { reason: 'sweep' })
    await stage.pool.query(`UPDATE message SET orphaned_at = now() - interval '8 days' WHERE account_id = $1 AND subject = 'Message 1'`, [
      account.id,
    ])
    await purgeOrphans(stage.pool)
    const { rows } = await stage.pool.query('SELECT subject FROM message WHERE account_id = $1 ORDER BY subject', [account.id])
    expect(rows).toEqual([{ subject: 'Message 2' }, { subject: 'Message 3' }])
  })
})
