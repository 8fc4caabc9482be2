import { SyncReason } from '@maildock/core'
import { inTransaction, publishLiveNotice } from '@maildock/db'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { enqueueSync } from '../../src/tasks/enqueue-sync.ts'
import { composeMail } from '../fixture/compose-mail.ts'
import { openMailStage, type MailStage } from '../fixture/mail-stage.ts'
import { startWorkerProcess } from '../fixture/start-worker-process.ts'
import { PATIENCE, WatchDesk } from '../fixture/watch-desk.ts'

const database = useTestDatabase()
let stage: MailStage
let desk: WatchDesk
beforeAll(async () => {
  stage = await openMailStage(database)
  desk = new WatchDesk(database, stage)
})
afterAll(async () => stage[Symbol.asyncDispose]())

vi.setConfig({ testTimeout: 180_000 })

describe('a watch', () => {
  it('ends at once when its account is disconnected, without a turn', async () => {
    const account = await desk.connectSynced()
    await using worker = await desk.start({ watchTurnMs: 3_000 })
    await desk.untilWatchedBy(account, worker.id)
    await desk.untilConnections(account, 1)
    await inTransaction(stage.pool, async (client) => {
      await client.query('UPDATE sync_lease SET token = token + 1, expires_at = now() WHERE account_id = $1', [account.id])
      await client.query('DELETE FROM credential WHERE account_id = $1', [account.id])
      await client.query('UPDATE account SET disconnected_at = now() WHERE id = $1', [account.id])
      await publishLiveNotice(client, { kind: 'account', userId: account.userId, accountId: account.id })
    })
    await desk.untilConnections(account, 0)
    await desk.untilWatchedBy(account, null)
    expect(await desk.countInLog(account, 'Logged out')).toBe(2)
  })

  it('ends when the credentials change, and begins anew with the new ones', async () => {
    const account = await desk.connectSynced()
    await using worker = await desk.start()
    await desk.untilWatchedBy(account, worker.id)
    await desk.untilConnections(account, 1)
    const logins = await desk.countLogins(account)
    await desk.changePassword(account, stage.dovecot.password)
    await vi.waitFor(async () => expect(await desk.countLogins(account)).toBe(logins + 1), PATIENCE)
    await desk.untilConnections(account, 1)
    await stage.dovecot.deliver(account.user, composeMail(1))
    await desk.untilStored(account, 'Message 1')
    expect(await desk.countLogins(account)).toBe(logins + 1)
  })

  it('with a password that is wrong by now tries it once, tells it, and leaves the rest to the plan of the account (faults R)', async () => {
    const account = await desk.connectSynced()
    await desk.changePassword(account, 'not the password')
    await using worker = await desk.start({ watchTurnMs: 50 })
    await desk.untilStatus(account, 'error', 'imap.authentication_failed')
    await desk.untilWatchedBy(account, null)
    // Many turns later: accounts that are connected after it are watched, and it is still left alone.
    const other = await desk.connectSynced()
    await desk.untilWatchedBy(other, worker.id)
    expect(await desk.countRefusals(account)).toBe(1)
    const { rows } = await stage.pool.query(`SELECT run_at > now() AS later FROM graphile_worker.jobs WHERE key = 'sync:' || $1`, [
      account.id,
    ])
    expect(rows).toEqual([{ later: true }])
  })

  it('and jobs together try a password that is wrong three times in all, whoever asks meanwhile (faults R)', async () => {
    const account = await desk.connectSynced()
    await desk.changePassword(account, 'not the password')
    await using worker = await desk.start({ watchTurnMs: 50, sweepAccountsMs: 50 })
    for (const failures of [1, 2, 3]) {
      await desk.untilFailures(account, failures)
      for (const reason of SyncReason.options) {
        await enqueueSync(stage.pool, { payload: { accountId: account.id, reason } })
        await desk.untilNoJobIsDue(account)
      }
      // As if the time of the next attempt had come.
      await stage.pool.query('UPDATE account SET next_attempt_at = now() WHERE id = $1 AND next_attempt_at IS NOT NULL', [account.id])
      await enqueueSync(stage.pool, { payload: { accountId: account.id, reason: 'retry' } })
    }
    await desk.untilNoJobIsDue(account)
    await desk.untilStatus(account, 'error', 'imap.authentication_failed')
    // Many turns later.
    const other = await desk.connectSynced()
    await desk.untilWatchedBy(other, worker.id)
    expect(await desk.holderOf(account)).toBeNull()
    expect(await desk.countRefusals(account)).toBe(3)
  })

  it('of a server that hangs up is taken up again, and the account tells nothing of it (faults D15)', async () => {
    const account = await desk.connectSynced()
    await using worker = await desk.start()
    await desk.untilWatchedBy(account, worker.id)
    await desk.untilConnections(account, 1)
    await stage.dovecot.doveadm('kick', account.user)
    await stage.dovecot.deliver(account.user, composeMail(1))
    await desk.untilStored(account, 'Message 1')
    await desk.untilStatus(account, 'synced', null)
    expect(await desk.holderOf(account)).toBe(worker.id)
  })

  it('is given up when there is none to be had: a server without IDLE is left to the sweep', async () => {
    await using plain = await openMailStage(database, { capabilities: 'IMAP4rev1 UIDPLUS' })
    const account = await plain.connect()
    await plain.sync(account)
    await using worker = await desk.start({ vault: plain.vault, egress: plain.egress })
    await vi.waitFor(async () => {
      const { rows } = await stage.pool.query('SELECT worker_id, not_before > now() AS later FROM watch WHERE account_id = $1', [
        account.id,
      ])
      expect(rows).toEqual([{ worker_id: null, later: true }])
    }, PATIENCE)
    await worker[Symbol.asyncDispose]()
  })

  it('does not keep a job from its account', async () => {
    const account = await desk.connectSynced()
    await using worker = await desk.start()
    await desk.untilWatchedBy(account, worker.id)
    await desk.untilConnections(account, 1)
    await stage.dovecot.deliver(account.user, composeMail(7), 'Archive')
    await stage.sync(account, { reason: 'manual' })
    await desk.untilStored(account, 'Message 7')
    expect(await desk.holderOf(account)).toBe(worker.id)
  })
})

describe('several workers', () => {
  it('share the accounts evenly, as they come and go', async () => {
    const accounts = await desk.connectSeveral(6)
    await using first = await desk.start()
    await vi.waitFor(async () => expect(await desk.sharesOf(accounts)).toEqual([6]), PATIENCE)
    await using second = await desk.start()
    await vi.waitFor(async () => expect(await desk.sharesOf(accounts)).toEqual([3, 3]), PATIENCE)
    const stoppedAt = performance.now()
    await first[Symbol.asyncDispose]()
    expect(performance.now() - stoppedAt).toBeLessThan(15_000)
    for (const account of accounts) {
      await desk.untilWatchedBy(account, second.id)
      await desk.untilConnections(account, 1)
    }
  })

  it('take over from one that is killed', async () => {
    const accounts = await desk.connectSeveral(4)
    await using victim = await startWorkerProcess(database, stage, { watchLimit: 100 })
    for (const account of accounts) {
      await desk.untilWatchedBy(account, victim.id)
    }
    await using heir = await startWorkerProcess(database, stage, { watchLimit: 100 })
    await vi.waitFor(async () => expect(await desk.sharesOf(accounts)).toEqual([2, 2]), PATIENCE)
    await victim.kill()
    for (const account of accounts) {
      await desk.untilWatchedBy(account, heir.id)
      await stage.dovecot.deliver(account.user, composeMail(1))
      await desk.untilStored(account, 'Message 1')
    }
  })

  it('take over from one that is frozen, which lets go when it thaws (faults G3, G4)', async () => {
    const [account] = await desk.connectSeveral(1)
    await using victim = await startWorkerProcess(database, stage, { watchLimit: 100 })
    if (account === undefined) {
      throw new Error('There is no account.')
    }
    await desk.untilWatchedBy(account, victim.id)
    await desk.untilConnections(account, 1)
    victim.child.kill('SIGSTOP')
    await using heir = await startWorkerProcess(database, stage, { watchLimit: 100 })
    await desk.untilWatchedBy(account, heir.id)
    await desk.untilConnections(account, 2)
    await stage.dovecot.deliver(account.user, composeMail(1))
    await desk.untilStored(account, 'Message 1')
    victim.child.kill('SIGCONT')
    await desk.untilConnections(account, 1)
    expect(await desk.holderOf(account)).toBe(heir.id)
  })

  it('say goodbye when they are asked to stop, in a process of their own', async () => {
    const [account] = await desk.connectSeveral(1)
    await using worker = await startWorkerProcess(database, stage, { watchLimit: 100 })
    if (account === undefined) {
      throw new Error('There is no account.')
    }
    await desk.untilWatchedBy(account, worker.id)
    await desk.untilConnections(account, 1)
    expect(await worker.stop()).toBe(0)
    await desk.untilWatchedBy(account, null)
    // The first synchronisation's, and the watcher's.
    await vi.waitFor(async () => expect(await desk.countInLog(account, 'Logged out')).toBe(2), PATIENCE)
  })
})
