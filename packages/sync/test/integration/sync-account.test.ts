import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeMail, composeVariedMail } from '../fixture/compose-mail.ts'
import { asServed, listInDatabase, listOnServer, listStoredHashes, sha256 } from '../fixture/mail-oracle.ts'
import { openMailStage, type MailStage } from '../fixture/mail-stage.ts'

const database = useTestDatabase()
let stage: MailStage
beforeAll(async () => {
  stage = await openMailStage(database)
})
afterAll(async () => stage[Symbol.asyncDispose]())

describe('the first synchronisation', () => {
  it('stores everything the server has, to the byte', async () => {
    const account = await stage.connect()
    const sources = Array.from({ length: 40 }, (_value, number) => composeVariedMail(number))
    for (const [number, source] of sources.entries()) {
      await stage.dovecot.deliver(account.user, source, ['INBOX', 'Sent', 'Archive/2026', 'Entwürfe'][number % 4])
    }
    await stage.sync(account)
    expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user))
    expect(await listStoredHashes(stage.pool, account)).toEqual(sources.map((source) => sha256(asServed(source))).toSorted())
  })

  it('ends as synced', async () => {
    const account = await stage.connect()
    await stage.dovecot.deliver(account.user, composeMail(1))
    await stage.sync(account)
    const { rows } = await stage.pool.query(
      'SELECT sync_status, sync_error_code, last_new_messages, last_synced_at FROM account WHERE id = $1',
      [account.id],
    )
    expect(rows[0]).toMatchObject({ sync_status: 'synced', sync_error_code: null, last_new_messages: 1, last_synced_at: expect.any(Date) })
  })
})
