import { silentLogger, SyncReason } from '@maildock/core'
import { inTransaction, openLiveListener, publishLiveNotice, type LiveSignal } from '@maildock/db'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startWorker, type Worker, type WorkerOptions } from '../../src/index.ts'
import { enqueueSync } from '../../src/tasks/enqueue-sync.ts'
import { composeMail } from '../fixture/compose-mail.ts'
import { openMailStage, type MailStage, type StagedAccount } from '../fixture/mail-stage.ts'
import { startWorkerProcess } from '../fixture/start-worker-process.ts'

const database = useTestDatabase()
let stage: MailStage
beforeAll(async () => {
  stage = await openMailStage(database)
})
afterAll(async () => stage[Symbol.asyncDispose]())

const PATIENCE = { timeout: 50_000, interval: 20 }
vi.setConfig({ testTimeout: 180_000 })

/** A worker that only watches: its sweeps come too late for the test. */
async function start(change: Partial<WorkerOptions> = {}): Promise<Worker> {
  const { vault, egress } = stage
  return startWorker({
    connectionString: database.connectionString,
    vault,
    egress,
    logger: silentLogger,
    parserThreads: 1,
    watchLimit: 100,
    watchTurnMs: 200,
    sweepAccountsMs: 3_600_000,
    ...change,
  })
}

/** An account that is up to date, as one is after its first synchronisation. */
async function connectSynced(): Promise<StagedAccount> {
  const account = await stage.connect()
  await stage.sync(account)
  return account
}

/** Sessions the mail server has for the account, by its own word. */
async function countConnections(account: StagedAccount): Promise<number> {
  const who = await stage.dovecot.doveadm('who', '-1', account.user)
  return who.split('\n').filter((line) => line.startsWith(account.user)).length
}

async function untilConnections(account: StagedAccount, count: number): Promise<void> {
  await vi.waitFor(async () => expect(await countConnections(account)).toBe(count), PATIENCE)
}

async function untilStatus(account: StagedAccount, status: string, code: string | null): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await stage.pool.query('SELECT sync_status, sync_error_code FROM account WHERE id = $1', [account.id])
    expect(rows).toEqual([{ sync_status: status, sync_error_code: code }])
  }, PATIENCE)
}

async function untilFailures(account: StagedAccount, count: number): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await stage.pool.query('SELECT sync_failures AS failures FROM account WHERE id = $1', [account.id])
    expect(rows).toEqual([{ failures: count }])
  }, PATIENCE)
}

async function untilNoJobIsDue(account: StagedAccount): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await stage.pool.query(
      `SELECT FROM graphile_worker.jobs WHERE key = 'sync:' || $1 AND (run_at <= now() OR locked_at IS NOT NULL)`,
      [account.id],
    )
    expect(rows).toEqual([])
  }, PATIENCE)
}

/** As the API does when somebody enters another one. */
async function changePassword(account: StagedAccount, password: string): Promise<void> {
  const { keyId, sealed } = stage.vault.seal(password, { accountId: account.id, field: 'imap_password' })
  await inTransaction(stage.pool, async (client) => {
    await client.query('UPDATE sync_lease SET token = token + 1, expires_at = now() WHERE account_id = $1', [account.id])
    await client.query('UPDATE account SET revision = revision + 1 WHERE id = $1', [account.id])
    await client.query('UPDATE credential SET key_id = $2, sealed = $3 WHERE account_id = $1', [account.id, keyId, Buffer.from(sealed)])
    await publishLiveNotice(client, { kind: 'account', userId: account.userId, accountId: account.id })
  })
}

async function connectSeveral(count: number): Promise<readonly StagedAccount[]> {
  // Those of earlier tests would be shared out as well.
  await stage.pool.query('UPDATE account SET disconnected_at = now() WHERE disconnected_at IS NULL')
  const accounts: StagedAccount[] = []
  while (accounts.length < count) {
    accounts.push(await connectSynced())
  }
  return accounts
}

/** How many of the accounts each worker watches, fewest first. */
async function sharesOf(accounts: readonly StagedAccount[]): Promise<readonly number[]> {
  const { rows } = await stage.pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM watch WHERE account_id = ANY($1::uuid[]) AND worker_id IS NOT NULL GROUP BY worker_id ORDER BY 1',
    [accounts.map(({ id }) => id)],
  )
  return rows.map(({ count }) => count)
}

async function untilWatchedBy(account: StagedAccount, workerId: string | null): Promise<void> {
  await vi.waitFor(async () => expect(await holderOf(account)).toBe(workerId), PATIENCE)
}

async function holderOf(account: StagedAccount): Promise<string | null> {
  const { rows } = await stage.pool.query<{ worker_id: string | null }>('SELECT worker_id FROM watch WHERE account_id = $1', [account.id])
  return rows[0]?.worker_id ?? null
}

async function subjectsOf(account: StagedAccount): Promise<readonly string[]> {
  const { rows } = await stage.pool.query<{ subject: string }>(
    `SELECT subject FROM message JOIN placement ON placement.account_id = message.account_id AND placement.message_id = message.id
     WHERE message.account_id = $1 ORDER BY subject`,
    [account.id],
  )
  return rows.map(({ subject }) => subject)
}

async function untilStored(account: StagedAccount, ...subjects: readonly string[]): Promise<void> {
  await vi.waitFor(async () => expect(await subjectsOf(account)).toEqual(subjects), PATIENCE)
}

async function countInLog(account: StagedAccount, ...words: readonly string[]): Promise<number> {
  const lines = (await stage.dovecot.readLog()).split('\n')
  return lines.filter((line) => line.includes(account.user) && words.every((word) => line.includes(word))).length
}

async function countLogins(account: StagedAccount): Promise<number> {
  return countInLog(account, 'imap-login', 'Login:')
}

async function countRefusals(account: StagedAccount): Promise<number> {
  return countInLog(account, 'imap-login', 'auth failed')
}

describe('new mail of a watched account', () => {
  it('is stored and announced without any sweep, one after the other', async () => {
    const account = await connectSynced()
    await using live = await openLiveListener({ connectionString: database.connectionString, logger: silentLogger })
    const heard: LiveSignal[] = []
    live.subscribe(account.userId, (signal) => heard.push(signal))
    await using worker = await start()
    await untilWatchedBy(account, worker.id)
    await untilConnections(account, 1)
    await stage.dovecot.deliver(account.user, composeMail(1))
    await untilStored(account, 'Message 1')
    await vi.waitFor(() => expect(heard).toContainEqual({ kind: 'messages', userId: account.userId, accountId: account.id }), PATIENCE)
    await stage.dovecot.deliver(account.user, composeMail(2))
    await untilStored(account, 'Message 1', 'Message 2')
    await untilStatus(account, 'synced', null)
    // The job's and the watcher's: news is fetched over the connection that told of it.
    expect(await countLogins(account)).toBe(2)
  })

  it('that came while nobody watched is found at the start', async () => {
    const account = await connectSynced()
    await stage.dovecot.deliver(account.user, composeMail(1))
    await using worker = await start()
    await untilStored(account, 'Message 1')
    expect(await holderOf(account)).toBe(worker.id)
  })

  it('is followed by what happens to it: flags and removals', async () => {
    const account = await connectSynced()
    await stage.dovecot.deliver(account.user, composeMail(1))
    await stage.dovecot.deliver(account.user, composeMail(2))
    await using worker = await start()
    await untilStored(account, 'Message 1', 'Message 2')
    await untilWatchedBy(account, worker.id)
    await stage.dovecot.doveadm('flags', 'add', '-u', account.user, '\\Seen', 'mailbox', 'INBOX', 'uid', '1')
    await vi.waitFor(async () => {
      const { rows } = await stage.pool.query('SELECT flags FROM placement WHERE account_id = $1 AND uid = 1', [account.id])
      expect(rows).toEqual([{ flags: ['\\Seen'] }])
    }, PATIENCE)
    await stage.dovecot.doveadm('expunge', '-u', account.user, 'mailbox', 'INBOX', 'uid', '1')
    await untilStored(account, 'Message 2')
  })
})

describe('the other mailboxes of a watched account', () => {
  it('are watched over the same connection where the server tells of them (NOTIFY): what another client sends is there at once', async () => {
    const account = await connectSynced()
    await using worker = await start()
    await untilWatchedBy(account, worker.id)
    await untilConnections(account, 1)
    await stage.dovecot.deliver(account.user, composeMail(1), 'Sent')
    await untilStored(account, 'Message 1')
    await stage.dovecot.deliver(account.user, composeMail(2), 'A new mailbox')
    await untilStored(account, 'Message 1', 'Message 2')
    await stage.dovecot.deliver(account.user, composeMail(3))
    await untilStored(account, 'Message 1', 'Message 2', 'Message 3')
    await stage.dovecot.doveadm('expunge', '-u', account.user, 'mailbox', 'Sent', 'uid', '1')
    await untilStored(account, 'Message 2', 'Message 3')
    await untilStatus(account, 'synced', null)
    expect(await countLogins(account)).toBe(2)
  })

  it('are brought up to date when a watch begins: what came before the server was asked to tell of them was told to nobody', async () => {
    const account = await connectSynced()
    await stage.dovecot.deliver(account.user, composeMail(1), 'Sent')
    await using worker = await start()
    await untilStored(account, 'Message 1')
    await untilStatus(account, 'synced', null)
    expect(await holderOf(account)).toBe(worker.id)
    expect(await countLogins(account)).toBe(2)
  })

  it('have the work that passes do beside the mail, which no server tells of', async () => {
    const account = await stage.connect()
    await stage.dovecot.deliver(account.user, composeMail(1))
    await stage.sync(account)
    // As before there were threads.
    await stage.pool.query('UPDATE message SET thread_id = NULL WHERE account_id = $1', [account.id])
    await using worker = await start()
    await vi.waitFor(async () => {
      const { rows } = await stage.pool.query('SELECT thread_id IS NOT NULL AS threaded FROM message WHERE account_id = $1', [account.id])
      expect(rows).toEqual([{ threaded: true }])
    }, PATIENCE)
    expect(await holderOf(account)).toBe(worker.id)
    expect(await countLogins(account)).toBe(2)
  })

  it('are checked from time to time over that connection, without a login, a lease or a job', async () => {
    const account = await connectSynced()
    await using worker = await start({ watchCheckMs: 300 })
    await untilWatchedBy(account, worker.id)
    // Of the job, of the check that follows NOTIFY, and of two that come by themselves.
    const times = new Set<string>()
    await vi.waitFor(async () => {
      const { rows } = await stage.pool.query('SELECT last_sync_started_at::text AS at FROM account WHERE id = $1', [account.id])
      times.add(String(rows[0]?.at))
      expect(times.size).toBe(4)
    }, PATIENCE)
    const { rows: token } = await stage.pool.query('SELECT token FROM sync_lease WHERE account_id = $1', [account.id])
    // One for the job, one for the first look.
    expect(token).toEqual([{ token: '2' }])
    expect(await countLogins(account)).toBe(2)
  })
})

describe('a server that tells of one mailbox at a time', () => {
  let plain: MailStage
  beforeAll(async () => {
    plain = await openMailStage(database, {
      capabilities: 'IMAP4rev1 SASL-IR ENABLE IDLE UIDPLUS LIST-STATUS CONDSTORE QRESYNC SPECIAL-USE',
    })
  })
  afterAll(async () => plain[Symbol.asyncDispose]())

  async function connect(): Promise<StagedAccount> {
    await stage.pool.query('UPDATE account SET disconnected_at = now() WHERE disconnected_at IS NULL')
    const account = await plain.connect()
    await plain.sync(account)
    return account
  }

  async function connectionsOf(account: StagedAccount): Promise<number> {
    const who = await plain.dovecot.doveadm('who', '-1', account.user)
    return who.split('\n').filter((line) => line.startsWith(account.user)).length
  }

  it('has Sent watched over a second connection where there is room', async () => {
    const account = await connect()
    await using worker = await start({ vault: plain.vault, egress: plain.egress })
    await vi.waitFor(async () => expect(await connectionsOf(account)).toBe(2), PATIENCE)
    await plain.dovecot.deliver(account.user, composeMail(1), 'Sent')
    await untilStored(account, 'Message 1')
    await plain.dovecot.deliver(account.user, composeMail(2))
    await untilStored(account, 'Message 1', 'Message 2')
    expect(await holderOf(account)).toBe(worker.id)
    await worker[Symbol.asyncDispose]()
    await vi.waitFor(async () => expect(await connectionsOf(account)).toBe(0), PATIENCE)
  })

  it('has INBOX watched alone where there is room for one, and Sent checked', async () => {
    const account = await connect()
    await using worker = await start({ vault: plain.vault, egress: plain.egress, watchLimit: 1, watchCheckMs: 500 })
    await untilWatchedBy(account, worker.id)
    await plain.dovecot.deliver(account.user, composeMail(1), 'Sent')
    await untilStored(account, 'Message 1')
    expect(await connectionsOf(account)).toBe(1)
  })
})

describe('a watch', () => {
  it('ends at once when its account is disconnected, without a turn', async () => {
    const account = await connectSynced()
    await using worker = await start({ watchTurnMs: 3_000 })
    await untilWatchedBy(account, worker.id)
    await untilConnections(account, 1)
    await inTransaction(stage.pool, async (client) => {
      await client.query('UPDATE sync_lease SET token = token + 1, expires_at = now() WHERE account_id = $1', [account.id])
      await client.query('DELETE FROM credential WHERE account_id = $1', [account.id])
      await client.query('UPDATE account SET disconnected_at = now() WHERE id = $1', [account.id])
      await publishLiveNotice(client, { kind: 'account', userId: account.userId, accountId: account.id })
    })
    await untilConnections(account, 0)
    await untilWatchedBy(account, null)
    expect(await countInLog(account, 'Logged out')).toBe(2)
  })

  it('ends when the credentials change, and begins anew with the new ones', async () => {
    const account = await connectSynced()
    await using worker = await start()
    await untilWatchedBy(account, worker.id)
    await untilConnections(account, 1)
    const logins = await countLogins(account)
    await changePassword(account, stage.dovecot.password)
    await vi.waitFor(async () => expect(await countLogins(account)).toBe(logins + 1), PATIENCE)
    await untilConnections(account, 1)
    await stage.dovecot.deliver(account.user, composeMail(1))
    await untilStored(account, 'Message 1')
    expect(await countLogins(account)).toBe(logins + 1)
  })

  it('with a password that is wrong by now tries it once, tells it, and leaves the rest to the plan of the account (faults R)', async () => {
    const account = await connectSynced()
    await changePassword(account, 'not the password')
    await using worker = await start({ watchTurnMs: 50 })
    await untilStatus(account, 'error', 'imap.authentication_failed')
    await untilWatchedBy(account, null)
    // Many turns later: accounts that are connected after it are watched, and it is still left alone.
    const other = await connectSynced()
    await untilWatchedBy(other, worker.id)
    expect(await countRefusals(account)).toBe(1)
    const { rows } = await stage.pool.query(`SELECT run_at > now() AS later FROM graphile_worker.jobs WHERE key = 'sync:' || $1`, [
      account.id,
    ])
    expect(rows).toEqual([{ later: true }])
  })

  it('and jobs together try a password that is wrong three times in all, whoever asks meanwhile (faults R)', async () => {
    const account = await connectSynced()
    await changePassword(account, 'not the password')
    await using worker = await start({ watchTurnMs: 50, sweepAccountsMs: 50 })
    for (const failures of [1, 2, 3]) {
      await untilFailures(account, failures)
      for (const reason of SyncReason.options) {
        await enqueueSync(stage.pool, { payload: { accountId: account.id, reason } })
        await untilNoJobIsDue(account)
      }
      // As if the time of the next attempt had come.
      await stage.pool.query('UPDATE account SET next_attempt_at = now() WHERE id = $1 AND next_attempt_at IS NOT NULL', [account.id])
      await enqueueSync(stage.pool, { payload: { accountId: account.id, reason: 'retry' } })
    }
    await untilNoJobIsDue(account)
    await untilStatus(account, 'error', 'imap.authentication_failed')
    // Many turns later.
    const other = await connectSynced()
    await untilWatchedBy(other, worker.id)
    expect(await holderOf(account)).toBeNull()
    expect(await countRefusals(account)).toBe(3)
  })

  it('of a server that hangs up is taken up again, and the account tells nothing of it (faults D15)', async () => {
    const account = await connectSynced()
    await using worker = await start()
    await untilWatchedBy(account, worker.id)
    await untilConnections(account, 1)
    await stage.dovecot.doveadm('kick', account.user)
    await stage.dovecot.deliver(account.user, composeMail(1))
    await untilStored(account, 'Message 1')
    await untilStatus(account, 'synced', null)
    expect(await holderOf(account)).toBe(worker.id)
  })

  it('is given up when there is none to be had: a server without IDLE is left to the sweep', async () => {
    await using plain = await openMailStage(database, { capabilities: 'IMAP4rev1 UIDPLUS' })
    const account = await plain.connect()
    await plain.sync(account)
    await using worker = await start({ vault: plain.vault, egress: plain.egress })
    await vi.waitFor(async () => {
      const { rows } = await stage.pool.query('SELECT worker_id, not_before > now() AS later FROM watch WHERE account_id = $1', [
        account.id,
      ])
      expect(rows).toEqual([{ worker_id: null, later: true }])
    }, PATIENCE)
    await worker[Symbol.asyncDispose]()
  })

  it('does not keep a job from its account', async () => {
    const account = await connectSynced()
    await using worker = await start()
    await untilWatchedBy(account, worker.id)
    await untilConnections(account, 1)
    await stage.dovecot.deliver(account.user, composeMail(7), 'Archive')
    await stage.sync(account, { reason: 'manual' })
    await untilStored(account, 'Message 7')
    expect(await holderOf(account)).toBe(worker.id)
  })
})

describe('several workers', () => {
  it('share the accounts evenly, as they come and go', async () => {
    const accounts = await connectSeveral(6)
    await using first = await start()
    await vi.waitFor(async () => expect(await sharesOf(accounts)).toEqual([6]), PATIENCE)
    await using second = await start()
    await vi.waitFor(async () => expect(await sharesOf(accounts)).toEqual([3, 3]), PATIENCE)
    const stoppedAt = performance.now()
    await first[Symbol.asyncDispose]()
    expect(performance.now() - stoppedAt).toBeLessThan(15_000)
    for (const account of accounts) {
      await untilWatchedBy(account, second.id)
      await untilConnections(account, 1)
    }
  })

  it('take over from one that is killed', async () => {
    const accounts = await connectSeveral(4)
    await using victim = await startWorkerProcess(database, stage, { watchLimit: 100 })
    for (const account of accounts) {
      await untilWatchedBy(account, victim.id)
    }
    await using heir = await startWorkerProcess(database, stage, { watchLimit: 100 })
    await vi.waitFor(async () => expect(await sharesOf(accounts)).toEqual([2, 2]), PATIENCE)
    await victim.kill()
    for (const account of accounts) {
      await untilWatchedBy(account, heir.id)
      await stage.dovecot.deliver(account.user, composeMail(1))
      await untilStored(account, 'Message 1')
    }
  })

  it('take over from one that is frozen, which lets go when it thaws (faults G3, G4)', async () => {
    const [account] = await connectSeveral(1)
    await using victim = await startWorkerProcess(database, stage, { watchLimit: 100 })
    if (account === undefined) {
      throw new Error('There is no account.')
    }
    await untilWatchedBy(account, victim.id)
    await untilConnections(account, 1)
    victim.child.kill('SIGSTOP')
    await using heir = await startWorkerProcess(database, stage, { watchLimit: 100 })
    await untilWatchedBy(account, heir.id)
    await untilConnections(account, 2)
    await stage.dovecot.deliver(account.user, composeMail(1))
    await untilStored(account, 'Message 1')
    victim.child.kill('SIGCONT')
    await untilConnections(account, 1)
    expect(await holderOf(account)).toBe(heir.id)
  })

  it('say goodbye when they are asked to stop, in a process of their own', async () => {
    const [account] = await connectSeveral(1)
    await using worker = await startWorkerProcess(database, stage, { watchLimit: 100 })
    if (account === undefined) {
      throw new Error('There is no account.')
    }
    await untilWatchedBy(account, worker.id)
    await untilConnections(account, 1)
    expect(await worker.stop()).toBe(0)
    await untilWatchedBy(account, null)
    // The first synchronisation's, and the watcher's.
    await vi.waitFor(async () => expect(await countInLog(account, 'Logged out')).toBe(2), PATIENCE)
  })
})
