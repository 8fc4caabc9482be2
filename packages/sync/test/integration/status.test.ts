import { createServer } from 'node:net'
import { openLiveListener } from '@maildock/db'
import { silentLogger } from '@maildock/core'
import { findFreePorts, useTestDatabase } from '@maildock/testkit'
import { createVault, generateKeyRingEntry, parseKeyRing } from '@maildock/vault'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { tellLongFailures } from '../../src/tasks/sweep-accounts.ts'
import { composeMail } from '../fixture/compose-mail.ts'
import { openMailStage, type MailStage, type StagedAccount } from '../fixture/mail-stage.ts'

const database = useTestDatabase()
let stage: MailStage
beforeAll(async () => {
  stage = await openMailStage(database)
})
afterAll(async () => stage[Symbol.asyncDispose]())

interface StatusRow {
  readonly sync_status: string
  readonly sync_error_code: string | null
  readonly sync_error_message: string | null
  readonly sync_failures: number
  readonly next_in: number | null
}

async function statusOf(account: StagedAccount): Promise<StatusRow | undefined> {
  const { rows } = await stage.pool.query<StatusRow>(
    `SELECT sync_status, sync_error_code, sync_error_message, sync_failures, extract(epoch FROM next_attempt_at - now())::int AS next_in
     FROM account WHERE id = $1`,
    [account.id],
  )
  return rows[0]
}

async function waitingJob(account: StagedAccount): Promise<unknown> {
  const { rows } = await stage.pool.query(
    `SELECT abs(extract(epoch FROM jobs.run_at - account.next_attempt_at)) < 0.01 AS at_next_attempt
     FROM graphile_worker.jobs JOIN account ON jobs.key = 'sync:' || account.id WHERE account.id = $1`,
    [account.id],
  )
  return rows[0]
}

/** As if the time of the next attempt had come. */
async function letTimePass(account: StagedAccount): Promise<void> {
  await stage.pool.query(`UPDATE account SET next_attempt_at = now() - interval '1 second' WHERE id = $1 AND next_attempt_at IS NOT NULL`, [
    account.id,
  ])
}

describe('a rejected password', () => {
  it('is an error at once, tried three times in all, then not before the account is changed', async () => {
    const account = await stage.connect({ password: 'wrong' })
    await stage.sync(account)
    expect(await statusOf(account)).toMatchObject({ sync_status: 'error', sync_error_code: 'imap.authentication_failed', sync_failures: 1 })
    expect(await waitingJob(account)).toEqual({ at_next_attempt: true })
    await letTimePass(account)
    await stage.sync(account, { reason: 'retry' })
    expect(await statusOf(account)).toMatchObject({ sync_failures: 2 })
    await letTimePass(account)
    await stage.sync(account, { reason: 'retry' })
    expect(await statusOf(account)).toMatchObject({ sync_status: 'error', sync_failures: 3, next_in: null })
    for (const reason of ['retry', 'sweep', 'manual', 'continue'] as const) {
      await stage.sync(account, { reason })
    }
    expect((await statusOf(account))?.sync_failures).toBe(3)
    const log = await stage.dovecot.readLog()
    expect(log.split('\n').filter((line) => line.includes(account.user) && line.includes('auth failed'))).toHaveLength(3)
  })

  it('is not tried more often because somebody presses the button', async () => {
    const account = await stage.connect({ password: 'wrong' })
    await stage.sync(account)
    await stage.sync(account, { reason: 'manual' })
    await stage.sync(account, { reason: 'manual' })
    expect((await statusOf(account))?.sync_failures).toBe(1)
  })

  it('recovers when the account is changed', async () => {
    const account = await stage.connect({ password: 'wrong' })
    await stage.sync(account)
    const sealed = stage.vault.seal(stage.dovecot.password, { accountId: account.id, field: 'imap_password' })
    await stage.pool.query('UPDATE credential SET key_id = $2, sealed = $3 WHERE account_id = $1', [
      account.id,
      sealed.keyId,
      Buffer.from(sealed.sealed),
    ])
    await stage.pool.query(
      `UPDATE account SET revision = revision + 1, sync_status = 'pending', sync_error_code = NULL, sync_error_message = NULL,
         sync_error_since = NULL, sync_failures = 0, next_attempt_at = NULL WHERE id = $1`,
      [account.id],
    )
    await stage.sync(account, { reason: 'changed' })
    expect(await statusOf(account)).toMatchObject({ sync_status: 'synced', sync_error_code: null })
  })
})

describe('a server that cannot be reached', () => {
  it('keeps the status, tells the reason, and is tried again', async () => {
    const [port = 0] = await findFreePorts(1)
    const account = await stage.connect({ port })
    await stage.sync(account)
    expect(await statusOf(account)).toMatchObject({ sync_status: 'pending', sync_error_code: 'host.unreachable', sync_failures: 1 })
    const next = (await statusOf(account))?.next_in ?? -1
    expect(next).toBeGreaterThanOrEqual(10)
    expect(next).toBeLessThanOrEqual(30)
    expect(await waitingJob(account)).toEqual({ at_next_attempt: true })
  })

  it('is an error after ten minutes, also between two attempts', async () => {
    const [port = 0] = await findFreePorts(1)
    const account = await stage.connect({ port })
    await stage.sync(account)
    await tellLongFailures(stage.pool)
    expect((await statusOf(account))?.sync_status).toBe('pending')
    await stage.pool.query(`UPDATE account SET sync_error_since = now() - interval '10 minutes' WHERE id = $1`, [account.id])
    await tellLongFailures(stage.pool)
    expect((await statusOf(account))?.sync_status).toBe('error')
  })

  it('recovers by itself', async () => {
    const [port = 0] = await findFreePorts(1)
    const account = await stage.connect({ port })
    await stage.sync(account)
    await stage.pool.query('UPDATE account SET imap_port = $2 WHERE id = $1', [account.id, stage.dovecot.imapsPort])
    await letTimePass(account)
    await stage.sync(account, { reason: 'retry' })
    expect(await statusOf(account)).toMatchObject({ sync_status: 'synced', sync_error_code: null, sync_failures: 0 })
  })

  it('that goes silent in the middle is given up and tried again', async () => {
    const silent = createServer((socket) => void socket.on('error', () => undefined))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    const account = await stage.connect({ port: typeof address === 'object' && address !== null ? address.port : 0 })
    const stopping = AbortSignal.timeout(1_000)
    await stage.sync(account, { signal: stopping })
    expect(await statusOf(account)).toMatchObject({ sync_status: 'pending', sync_error_code: null })
    silent.close()
  })
})

describe('a password that cannot be opened', () => {
  it('is an error of this account alone, and no login is tried', async () => {
    const account = await stage.connect()
    const stranger = createVault(parseKeyRing(generateKeyRingEntry('other')))
    await stage.sync(account, { vault: stranger })
    expect(await statusOf(account)).toMatchObject({ sync_status: 'error', sync_error_code: 'credentials.unreadable' })
    expect(await stage.dovecot.readLog()).not.toContain(account.user)
  })
})

describe('what is told', () => {
  it('never holds the password', async () => {
    const account = await stage.connect({ password: 'canary-8f3b' })
    await stage.sync(account)
    const { rows } = await stage.pool.query(
      `SELECT to_json(account)::text AS account, (SELECT json_agg(jobs)::text FROM graphile_worker.jobs) AS jobs FROM account WHERE id = $1`,
      [account.id],
    )
    expect(JSON.stringify(rows)).not.toContain('canary-8f3b')
  })

  it('reaches the listeners: the account when it changes, progress and messages as they come', async () => {
    const account = await stage.connect()
    await stage.dovecot.deliver(account.user, composeMail(1))
    await using listener = await openLiveListener({ connectionString: database.connectionString, logger: silentLogger })
    const heard: string[] = []
    const unsubscribe = listener.subscribe(account.userId, (signal) => void heard.push(JSON.stringify(signal)))
    await stage.sync(account)
    await vi.waitFor(
      () => {
        for (const kind of ['account', 'progress', 'messages']) {
          expect(heard.some((signal) => signal.includes(`"${kind}"`))).toBe(true)
        }
      },
      { timeout: 15_000 },
    )
    unsubscribe()
  })

  it('says last what came too soon after the word before it', async () => {
    const account = await stage.connect()
    await stage.dovecot.deliver(account.user, composeMail(1))
    await stage.dovecot.deliver(account.user, composeMail(2), 'Sent')
    await using listener = await openLiveListener({ connectionString: database.connectionString, logger: silentLogger })
    const heard: string[] = []
    const unsubscribe = listener.subscribe(account.userId, ({ kind }) => void heard.push(kind))
    await stage.sync(account)
    // INBOX and Sent are stored within moments of each other.
    await vi.waitFor(() => expect(heard.filter((kind) => kind === 'messages')).toHaveLength(2), { timeout: 15_000 })
    unsubscribe()
  })
})

describe('progress', () => {
  it('counts what is stored of what there is, mailbox by mailbox', async () => {
    const account = await stage.connect()
    for (const [number, mailbox] of ['INBOX', 'INBOX', 'Sent'].entries()) {
      await stage.dovecot.deliver(account.user, composeMail(number), mailbox)
    }
    await stage.sync(account)
    const { rows } = await stage.pool.query(
      `SELECT path, special_use, messages_done, messages_expected FROM mailbox WHERE account_id = $1 ORDER BY sync_order`,
      [account.id],
    )
    expect(rows).toEqual([
      { path: 'INBOX', special_use: '\\Inbox', messages_done: 2, messages_expected: 2 },
      { path: 'Sent', special_use: '\\Sent', messages_done: 1, messages_expected: 1 },
      { path: 'Drafts', special_use: '\\Drafts', messages_done: 0, messages_expected: 0 },
      { path: 'Junk', special_use: '\\Junk', messages_done: 0, messages_expected: 0 },
      { path: 'Trash', special_use: '\\Trash', messages_done: 0, messages_expected: 0 },
    ])
  })
})
