import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sweepSentCopies } from '../../src/tasks/sweep-sent-copies.ts'
import { countKept, insertSent, makeCopiesDue, readSent, type SentBy } from '../fixture/insert-sent.ts'
import { openMailStage, type MailStage, type StagedAccount } from '../fixture/mail-stage.ts'

const database = useTestDatabase()
let stage: MailStage
/** Its accounts have INBOX and nothing else. */
let bare: MailStage
beforeAll(async () => {
  stage = await openMailStage(database)
  const none = ['Drafts', 'Sent', 'Trash', 'Junk'].map((name) => `  mailbox ${name} {\n    auto = no\n    special_use =\n  }\n`)
  bare = await openMailStage(database, { extraConfig: `namespace inbox {\n${none.join('')}}\n` })
})
afterAll(async () => {
  await stage[Symbol.asyncDispose]()
  await bare[Symbol.asyncDispose]()
})

const send = async ({ id: accountId, userId }: StagedAccount): Promise<SentBy> => insertSent(stage.pool, { accountId, userId })

interface Copy {
  readonly mailbox: string
  readonly flags: string
  readonly 'date.received': string
  readonly text: string
}

/** The copies the server has. */
async function listCopies(on: MailStage, user: string, { messageIdHeader }: SentBy): Promise<readonly Copy[]> {
  const output = await on.dovecot.doveadm(
    '-f',
    'json',
    'fetch',
    '-u',
    user,
    'mailbox flags date.received text',
    'HEADER',
    'Message-ID',
    messageIdHeader,
  )
  return JSON.parse(output) as Copy[]
}

describe('a copy of what was sent', () => {
  it('is put into the Sent mailbox, read, with all its recipients, and tied to its submission by the same pass', async () => {
    const account = await stage.connect()
    const sent = await send(account)
    await stage.sync(account)
    const [copy, ...others] = await listCopies(stage, account.user, sent)
    expect([copy?.mailbox, copy?.flags.replace(String.raw` \Recent`, ''), others]).toEqual(['Sent', String.raw`\Seen`, []])
    expect(copy?.text.replaceAll(/\r?\n/gu, '\r\n')).toBe(sent.source.toString().replace('\r\n\r\n', '\r\nBcc: hidden@example.org\r\n\r\n'))
    const { sentCopy, createdAt } = await readSent(stage.pool, sent)
    expect(sentCopy).toEqual({ status: 'filed', code: null, response: null, messageId: expect.any(String) })
    expect(Date.parse(`${copy?.['date.received']}Z`)).toBe(createdAt.setMilliseconds(0))
    const { rows } = await stage.pool.query(
      `SELECT mailbox.path, message.subject FROM placement JOIN mailbox ON mailbox.id = placement.mailbox_id JOIN message ON message.id = placement.message_id
       WHERE placement.message_id = $1`,
      [sentCopy.messageId],
    )
    expect(rows).toEqual([{ path: 'Sent', subject: `sent ${sent.id}` }])
    expect(await countKept(stage.pool, account.id)).toBe(0)
  })

  it('is there once, however often it is synchronised', async () => {
    const account = await stage.connect()
    const sent = await send(account)
    await stage.sync(account)
    await makeCopiesDue(stage.pool, account.id)
    await stage.sync(account)
    expect(await listCopies(stage, account.user, sent)).toHaveLength(1)
  })

  it('that somebody else put there is found, and none is added', async () => {
    const account = await stage.connect()
    const sent = await send(account)
    await stage.dovecot.deliver(account.user, sent.source, 'Sent')
    await stage.sync(account)
    expect(await listCopies(stage, account.user, sent)).toHaveLength(1)
    expect((await readSent(stage.pool, sent)).sentCopy).toMatchObject({ status: 'found', messageId: expect.any(String) })
  })

  it('that synchronisation sees first need not be filed', async () => {
    const account = await stage.connect()
    const sent = await send(account)
    await stage.pool.query(`UPDATE submission SET sent_copy_due_at = clock_timestamp() + interval '1 hour' WHERE id = $1`, [sent.id])
    await stage.dovecot.deliver(account.user, sent.source, 'Sent')
    await stage.sync(account)
    expect((await readSent(stage.pool, sent)).sentCopy).toMatchObject({ status: 'found', messageId: expect.any(String) })
    expect(await countKept(stage.pool, account.id)).toBe(0)
  })

  it('that comes to INBOX is no copy: it is what its sender wrote to himself', async () => {
    const account = await stage.connect()
    const sent = await send(account)
    await stage.dovecot.deliver(account.user, `Received: by mx\r\n${sent.source.toString()}`)
    await stage.sync(account)
    const copies = await listCopies(stage, account.user, sent)
    expect(copies.map(({ mailbox }) => mailbox).toSorted()).toEqual(['INBOX', 'Sent'])
    const { sentCopy } = await readSent(stage.pool, sent)
    const { rows } = await stage.pool.query(
      'SELECT path FROM placement JOIN mailbox ON mailbox.id = placement.mailbox_id WHERE message_id = $1',
      [sentCopy.messageId],
    )
    expect(rows).toEqual([{ path: 'Sent' }])
  })

  it('gets a mailbox made for it where there is none, which is known as Sent from then on', async () => {
    const account = await bare.connect()
    const sent = await send(account)
    await bare.sync(account)
    expect((await listCopies(bare, account.user, sent)).map(({ mailbox }) => mailbox)).toEqual(['Sent'])
    expect(await bare.dovecot.doveadm('mailbox', 'list', '-s', '-u', account.user)).toContain('Sent')
    const { rows } = await bare.pool.query(`SELECT path FROM mailbox WHERE account_id = $1 AND special_use = '\\Sent'`, [account.id])
    expect([rows, (await readSent(bare.pool, sent)).sentCopy]).toMatchObject([
      [{ path: 'Sent' }],
      { status: 'filed', messageId: expect.any(String) },
    ])
  })

  it('goes into the mailbox that has the name, where the server tells no use', async () => {
    const account = await bare.connect()
    await bare.dovecot.doveadm('mailbox', 'create', '-u', account.user, 'Gesendete Elemente')
    const sent = await send(account)
    await bare.sync(account)
    expect((await listCopies(bare, account.user, sent)).map(({ mailbox }) => mailbox)).toEqual(['Gesendete Elemente'])
  })

  it('of each of many is filed, those that wait longest first', async () => {
    const account = await stage.connect()
    const all = await Promise.all(Array.from({ length: 30 }, async () => send(account)))
    await stage.sync(account)
    const statuses = await Promise.all(all.map(async (sent) => (await readSent(stage.pool, sent)).sentCopy.status))
    expect(new Set(statuses)).toEqual(new Set(['filed']))
    const counts = await Promise.all(all.map(async (sent) => (await listCopies(stage, account.user, sent)).length))
    expect(new Set(counts)).toEqual(new Set([1]))
  })
})

const listJobs = async ({ id }: StagedAccount): Promise<number> =>
  (await stage.pool.query('SELECT FROM graphile_worker.jobs WHERE key = $1', [`sync:${id}`])).rows.length

describe('sweepSentCopies', () => {
  it('enqueues accounts that are owed a copy, once', async () => {
    const [owed, other, held] = [await stage.connect(), await stage.connect(), await stage.connect()]
    await send(owed)
    await send(held)
    await stage.pool.query(
      `UPDATE account SET sync_status = 'error', sync_error_code = 'imap.authentication_failed', sync_error_message = 'x', sync_error_since = now() WHERE id = $1`,
      [held.id],
    )
    await sweepSentCopies(stage.pool)
    await sweepSentCopies(stage.pool)
    expect([await listJobs(owed), await listJobs(other), await listJobs(held)]).toEqual([1, 0, 0])
  })

  it('leaves a copy that is not due', async () => {
    const account = await stage.connect()
    await send(account)
    await stage.pool.query(`UPDATE submission SET sent_copy_due_at = clock_timestamp() + interval '1 hour' WHERE account_id = $1`, [
      account.id,
    ])
    await sweepSentCopies(stage.pool)
    expect(await listJobs(account)).toBe(0)
  })
})
