import { enqueueJob } from '@maildock/db'
import { silentLogger, syncJobKey } from '@maildock/core'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startWorker } from '../../src/index.ts'
import { composeMail } from '../fixture/compose-mail.ts'
import { listInDatabase, listOnServer } from '../fixture/mail-oracle.ts'
import { openMailStage, type MailStage } from '../fixture/mail-stage.ts'

const database = useTestDatabase()
let stage: MailStage
beforeAll(async () => {
  stage = await openMailStage(database)
})
afterAll(async () => stage[Symbol.asyncDispose]())

describe('a worker', () => {
  it('takes a connected account up and synchronises it', async () => {
    const account = await stage.connect()
    await stage.dovecot.deliver(account.user, composeMail(1))
    await using worker = await startWorker({
      connectionString: database.connectionString,
      vault: stage.vault,
      egress: stage.egress,
      logger: silentLogger,
      parserThreads: 1,
    })
    await enqueueJob(stage.pool, 'sync_account', { accountId: account.id, reason: 'connect' }, { jobKey: syncJobKey(account.id) })
    await vi.waitFor(
      async () => expect(await listInDatabase(stage.pool, account)).toEqual(await listOnServer(stage.dovecot, account.user)),
      { timeout: 10_000, interval: 100 },
    )
    const { rows } = await stage.pool.query('SELECT id FROM worker')
    expect(rows).toEqual([{ id: worker.id }])
  })
})
