import { prepareUnreadable } from '@maildock/mail'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeHostileMail, composeMail } from '../fixture/compose-mail.ts'
import { asServed, listInDatabase, listOnServer, listStoredHashes, sha256 } from '../fixture/mail-oracle.ts'
import { openMailStage, type MailStage, type StagedAccount } from '../fixture/mail-stage.ts'

const database = useTestDatabase()
let stage: MailStage
beforeAll(async () => {
  stage = await openMailStage(database)
})
afterAll(async () => stage[Symbol.asyncDispose]())

async function statesBySubject(account: StagedAccount): Promise<ReadonlyMap<string, string>> {
  const { rows } = await stage.pool.query<{ subject: string; body_state: string }>(
    `SELECT subject, body_state FROM message JOIN message_body ON message_body.account_id = message.account_id AND message_body.message_id = message.id
     WHERE message.account_id = $1`,
    [account.id],
  )
  return new Map(rows.map((row) => [row.subject, row.body_state]))
}

describe('messages that have broken mail software', () => {
  it('are all stored to the byte, and stop nothing', async () => {
    const account = await stage.connect()
    const sources = [...composeHostileMail(), Buffer.from(composeMail(1))]
    for (const source of sources) {
      await stage.dovecot.deliver(account.user, source)
    }
    await stage.sync(account)
    expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
    expect(await listStoredHashes(stage.pool, account)).toEqual(sources.map((source) => sha256(asServed(source))).toSorted())
    expect((await statesBySubject(account)).get('Message 1')).toBe('stored')
  })
})

describe('a message over the size limit', () => {
  it('is listed with its header, keeps its id when moved, and is not downloaded', async () => {
    const account = await stage.connect()
    const body = `${'x'.repeat(76)}\r\n`.repeat(700_000)
    await stage.dovecot.deliver(account.user, `Subject: huge\r\nFrom: a@b.example\r\n\r\n${body}`)
    await stage.dovecot.deliver(account.user, composeMail(1))
    await stage.sync(account)
    expect(await statesBySubject(account)).toEqual(
      new Map([
        ['huge', 'too_large'],
        ['Message 1', 'stored'],
      ]),
    )
    const find = async (): Promise<unknown> => {
      const { rows } = await stage.pool.query(
        `SELECT message.id, message_body.raw FROM message JOIN message_body ON message_body.account_id = message.account_id AND message_body.message_id = message.id
         WHERE message.account_id = $1 AND body_state = 'too_large'`,
        [account.id],
      )
      return rows
    }
    const before = await find()
    await stage.dovecot.doveadm('move', '-u', account.user, 'Sent', 'mailbox', 'INBOX', 'LARGER', '1000000')
    await stage.sync(account, { reason: 'sweep' })
    expect(await find()).toEqual(before)
    expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
  })
})

describe('a message the database refuses', () => {
  it('is halved out of its batch and stored unread; the others are stored as ever', async () => {
    const account = await stage.connect()
    // The refusal of one row, whatever its reason: here a rule of the table.
    await stage.pool.query(`ALTER TABLE message ADD CONSTRAINT poison CHECK (subject <> 'Message 7')`)
    try {
      for (let number = 0; number < 12; number += 1) {
        await stage.dovecot.deliver(account.user, composeMail(number))
      }
      await stage.sync(account)
    } finally {
      await stage.pool.query('ALTER TABLE message DROP CONSTRAINT poison')
    }
    expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
    const { rows } = await stage.pool.query<{ subject: string; body_state: string; stored: boolean }>(
      `SELECT subject, body_state, message_body.raw IS NOT NULL AS stored FROM message
       JOIN message_body ON message_body.account_id = message.account_id AND message_body.message_id = message.id
       WHERE message.account_id = $1 AND body_state <> 'stored'`,
      [account.id],
    )
    expect(rows).toEqual([{ subject: '', body_state: 'unparsable', stored: true }])
    expect((await statesBySubject(account)).size).toBe(12)
    const { rows: accounts } = await stage.pool.query('SELECT sync_status FROM account WHERE id = $1', [account.id])
    expect(accounts).toEqual([{ sync_status: 'synced' }])
  })
})

describe('a message whose thread dies', () => {
  it('is stored unread; the next ones are read', async () => {
    const account = await stage.connect()
    await stage.dovecot.deliver(account.user, composeMail(1))
    await stage.dovecot.deliver(account.user, composeMail(2))
    await stage.sync(account, {
      parser: {
        parse: async (source) => prepareUnreadable(source),
        parseSources: async (sources) => sources.map(prepareUnreadable),
        parseHeaders: async () => [],
        [Symbol.asyncDispose]: async () => undefined,
      },
    })
    const { rows } = await stage.pool.query('SELECT DISTINCT body_state FROM message_body WHERE account_id = $1', [account.id])
    expect(rows).toEqual([{ body_state: 'unparsable' }])
    expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
  })
})
