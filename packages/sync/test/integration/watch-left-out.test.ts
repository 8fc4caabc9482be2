import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { composeMail } from '../fixture/compose-mail.ts'
import { openMailStage, type MailStage, type StagedAccount } from '../fixture/mail-stage.ts'
import { PATIENCE, WatchDesk } from '../fixture/watch-desk.ts'

const ONE_AT_A_TIME = 'IMAP4rev1 SASL-IR ENABLE IDLE UIDPLUS LIST-STATUS CONDSTORE QRESYNC SPECIAL-USE'
vi.setConfig({ testTimeout: 60_000 })

interface Scene {
  readonly stage: MailStage
  readonly desk: WatchDesk
}

const database = useTestDatabase()
const stages = new AsyncDisposableStack()
const scenes = new Map<string, Scene>()
beforeAll(async () => {
  for (const capabilities of [ONE_AT_A_TIME, `${ONE_AT_A_TIME} NOTIFY`]) {
    const stage = stages.use(await openMailStage(database, { capabilities }))
    scenes.set(capabilities, { stage, desk: new WatchDesk(database, stage) })
  }
})
afterAll(async () => stages.disposeAsync())

/** A scene, and the only account that is to be watched there: up to date, and Sent is left out. */
async function openScene(capabilities: string): Promise<Scene & { readonly account: StagedAccount }> {
  const scene = scenes.get(capabilities)
  const [account] = (await scene?.desk.connectSeveral(1)) ?? []
  if (scene === undefined || account === undefined) {
    throw new Error('It is opened before the tests.')
  }
  await scene.stage.pool.query(`UPDATE mailbox SET synced = false WHERE account_id = $1 AND path = 'Sent'`, [account.id])
  return { ...scene, account }
}

/** How often the lease was taken, and when the account was last looked at. */
async function attentionOf({ pool }: MailStage, account: StagedAccount): Promise<{ readonly token?: string; readonly lookedAt?: string }> {
  const { rows } = await pool.query<{ token: string; lookedAt: string }>(
    `SELECT token::text, last_sync_started_at::text AS "lookedAt" FROM account JOIN sync_lease ON account_id = id WHERE id = $1`,
    [account.id],
  )
  return rows[0] ?? {}
}

describe('a mailbox that is left out', () => {
  it.each([
    ['of all mailboxes', `${ONE_AT_A_TIME} NOTIFY`],
    ['of one mailbox at a time', ONE_AT_A_TIME],
  ])('is neither watched nor visited where the server tells %s, and INBOX is', async (_name, capabilities) => {
    const { stage, desk, account } = await openScene(capabilities)
    await using worker = await desk.start()
    await desk.untilWatchedBy(account, worker.id)
    await stage.dovecot.deliver(account.user, composeMail(1), 'Sent')
    await stage.dovecot.deliver(account.user, composeMail(2))
    await desk.untilStored(account, 'Message 2')
    // One of the job, one of the watch of INBOX.
    expect(await desk.countLogins(account)).toBe(2)
  })

  it('has news that are no reason for a pass: a check finds that nothing is to be done', async () => {
    const { stage, desk, account } = await openScene(`${ONE_AT_A_TIME} NOTIFY`)
    const synced = await attentionOf(stage, account)
    await using worker = await desk.start()
    // The check with which a watch of all mailboxes begins.
    await vi.waitFor(async () => expect((await attentionOf(stage, account)).lookedAt).not.toBe(synced.lookedAt), PATIENCE)
    const watched = await attentionOf(stage, account)
    await stage.dovecot.deliver(account.user, composeMail(1), 'Sent')
    await vi.waitFor(async () => expect((await attentionOf(stage, account)).lookedAt).not.toBe(watched.lookedAt), PATIENCE)
    expect((await attentionOf(stage, account)).token).toBe(watched.token)
    expect(await desk.subjectsOf(account)).toEqual([])
    expect(await desk.holderOf(account)).toBe(worker.id)
  })
})
