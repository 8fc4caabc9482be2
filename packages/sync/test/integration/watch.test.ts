import { silentLogger } from '@maildock/core'
import { openLiveListener, type LiveSignal } from '@maildock/db'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { composeMail } from '../fixture/compose-mail.ts'
import { openMailStage, type MailStage, type StagedAccount } from '../fixture/mail-stage.ts'
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

describe('new mail of a watched account', () => {
  it('is stored and announced without any sweep, one after the other', async () => {
    const account = await desk.connectSynced()
    await using live = await openLiveListener({ connectionString: database.connectionString, logger: silentLogger })
    const heard: LiveSignal[] = []
    live.subscribe(account.userId, (signal) => heard.push(signal))
    await using worker = await desk.start()
    await desk.untilWatchedBy(account, worker.id)
    await desk.untilConnections(account, 1)
    await stage.dovecot.deliver(account.user, composeMail(1))
    await desk.untilStored(account, 'Message 1')
    await vi.waitFor(() => expect(heard).toContainEqual({ kind: 'messages', userId: account.userId, accountId: account.id }), PATIENCE)
    await stage.dovecot.deliver(account.user, composeMail(2))
    await desk.untilStored(account, 'Message 1', 'Message 2')
    await desk.untilStatus(account, 'synced', null)
    // The job's and the watcher's: news is fetched over the connection that told of it.
    expect(await desk.countLogins(account)).toBe(2)
  })

  it('that came while nobody watched is found at the start', async () => {
    const account = await desk.connectSynced()
    await stage.dovecot.deliver(account.user, composeMail(1))
    await using worker = await desk.start()
    await desk.untilStored(account, 'Message 1')
    expect(await desk.holderOf(account)).toBe(worker.id)
  })

  it('that did not come has nothing written: a look that finds all as it was leaves the mailboxes alone', async () => {
    const account = await stage.connect()
    await stage.dovecot.deliver(account.user, composeMail(9))
    await stage.sync(account)
    const before = await desk.versionsOf(account)
    await using worker = await desk.start()
    await desk.untilWatchedBy(account, worker.id)
    await vi.waitFor(() => expect(worker.watching).toBe(1), PATIENCE)
    expect(await desk.versionsOf(account)).toEqual(before)
    await stage.dovecot.deliver(account.user, composeMail(1))
    await desk.untilStored(account, 'Message 1', 'Message 9')
    expect(await desk.versionsOf(account)).not.toEqual(before)
  })

  it('is followed by what happens to it: flags and removals', async () => {
    const account = await desk.connectSynced()
    await stage.dovecot.deliver(account.user, composeMail(1))
    await stage.dovecot.deliver(account.user, composeMail(2))
    await using worker = await desk.start()
    await desk.untilStored(account, 'Message 1', 'Message 2')
    await desk.untilWatchedBy(account, worker.id)
    await stage.dovecot.doveadm('flags', 'add', '-u', account.user, '\\Seen', 'mailbox', 'INBOX', 'uid', '1')
    await vi.waitFor(async () => {
      const { rows } = await stage.pool.query('SELECT flags FROM placement WHERE account_id = $1 AND uid = 1', [account.id])
      expect(rows).toEqual([{ flags: ['\\Seen'] }])
    }, PATIENCE)
    await stage.dovecot.doveadm('expunge', '-u', account.user, 'mailbox', 'INBOX', 'uid', '1')
    await desk.untilStored(account, 'Message 2')
  })
})

describe('the other mailboxes of a watched account', () => {
  it('are watched over the same connection where the server tells of them (NOTIFY): what another client sends is there at once', async () => {
    const account = await desk.connectSynced()
    await using worker = await desk.start()
    await desk.untilWatchedBy(account, worker.id)
    await desk.untilConnections(account, 1)
    await stage.dovecot.deliver(account.user, composeMail(1), 'Sent')
    await desk.untilStored(account, 'Message 1')
    await stage.dovecot.deliver(account.user, composeMail(2), 'A new mailbox')
    await desk.untilStored(account, 'Message 1', 'Message 2')
    await stage.dovecot.deliver(account.user, composeMail(3))
    await desk.untilStored(account, 'Message 1', 'Message 2', 'Message 3')
    await stage.dovecot.doveadm('expunge', '-u', account.user, 'mailbox', 'Sent', 'uid', '1')
    await desk.untilStored(account, 'Message 2', 'Message 3')
    await desk.untilStatus(account, 'synced', null)
    expect(await desk.countLogins(account)).toBe(2)
  })

  it('are brought up to date when a watch begins: what came before the server was asked to tell of them was told to nobody', async () => {
    const account = await desk.connectSynced()
    await stage.dovecot.deliver(account.user, composeMail(1), 'Sent')
    await using worker = await desk.start()
    await desk.untilStored(account, 'Message 1')
    await desk.untilStatus(account, 'synced', null)
    expect(await desk.holderOf(account)).toBe(worker.id)
    expect(await desk.countLogins(account)).toBe(2)
  })

  it('have the work that passes do beside the mail, which no server tells of', async () => {
    const account = await stage.connect()
    await stage.dovecot.deliver(account.user, composeMail(1))
    await stage.sync(account)
    // As before there were threads.
    await stage.pool.query('UPDATE message SET thread_id = NULL WHERE account_id = $1', [account.id])
    await using worker = await desk.start()
    await vi.waitFor(async () => {
      const { rows } = await stage.pool.query('SELECT thread_id IS NOT NULL AS threaded FROM message WHERE account_id = $1', [account.id])
      expect(rows).toEqual([{ threaded: true }])
    }, PATIENCE)
    expect(await desk.holderOf(account)).toBe(worker.id)
    expect(await desk.countLogins(account)).toBe(2)
  })

  it('are checked from time to time over that connection, without a login, a lease or a job', async () => {
    const account = await desk.connectSynced()
    await using worker = await desk.start({ watchCheckMs: 300 })
    await desk.untilWatchedBy(account, worker.id)
    // Of the job, of the check that follows NOTIFY, and of two that come by themselves.
    const times = new Set<string>()
    await vi.waitFor(async () => {
      const { rows } = await stage.pool.query('SELECT last_sync_started_at::text AS at FROM account WHERE id = $1', [account.id])
      times.add(String(rows[0]?.at))
      expect(times.size).toBe(4)
    }, PATIENCE)
    const { rows: token } = await stage.pool.query('SELECT token FROM sync_lease WHERE account_id = $1', [account.id])
    // One for the job, one for signing in, one for the first look.
    expect(token).toEqual([{ token: '3' }])
    expect(await desk.countLogins(account)).toBe(2)
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
    await using worker = await desk.start({ vault: plain.vault, egress: plain.egress })
    await vi.waitFor(async () => expect(await connectionsOf(account)).toBe(2), PATIENCE)
    await plain.dovecot.deliver(account.user, composeMail(1), 'Sent')
    await desk.untilStored(account, 'Message 1')
    await plain.dovecot.deliver(account.user, composeMail(2))
    await desk.untilStored(account, 'Message 1', 'Message 2')
    expect(await desk.holderOf(account)).toBe(worker.id)
    await worker[Symbol.asyncDispose]()
    await vi.waitFor(async () => expect(await connectionsOf(account)).toBe(0), PATIENCE)
  })

  it('has INBOX watched alone where there is room for one, and Sent checked', async () => {
    const account = await connect()
    await using worker = await desk.start({ vault: plain.vault, egress: plain.egress, watchLimit: 1, watchCheckMs: 500 })
    await desk.untilWatchedBy(account, worker.id)
    await plain.dovecot.deliver(account.user, composeMail(1), 'Sent')
    await desk.untilStored(account, 'Message 1')
    expect(await connectionsOf(account)).toBe(1)
  })
})
