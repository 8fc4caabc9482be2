import { silentLogger } from '@maildock/core'
import { newId } from '@maildock/db'
import { listSuppressed, readReports } from '@maildock/outbox'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertSent, readSent, type SentBy } from '../fixture/insert-sent.ts'
import { openMailStage, type MailStage, type StagedAccount } from '../fixture/mail-stage.ts'

const database = useTestDatabase()
let stage: MailStage
beforeAll(async () => {
  stage = await openMailStage(database)
})
afterAll(async () => stage[Symbol.asyncDispose]())

type Sent = SentBy & { readonly account: StagedAccount }

/** A message that was taken for two recipients. */
async function sendMessage(account: StagedAccount): Promise<Sent> {
  const sent = await insertSent(stage.pool, { accountId: account.id, userId: account.userId }, [
    { address: 'Gone@example.org', kind: 'to' },
    { address: 'you@example.org', kind: 'bcc' },
  ])
  return { ...sent, account }
}

const bounce = (messageIdHeader: string, recipient = 'gone@example.org', status = '5.1.1'): string =>
  [
    'From: Mail Delivery System <MAILER-DAEMON@mx.example.org>',
    `Subject: Undelivered ${newId()}`,
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Sorry.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.org',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    'Action: failed',
    `Status: ${status}`,
    `Diagnostic-Code: smtp; 550 ${status} Not delivered`,
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: ${messageIdHeader}`,
    '--b--',
    '',
  ].join('\r\n')

async function receive(account: StagedAccount, ...sources: readonly string[]): Promise<void> {
  for (const source of sources) {
    await stage.dovecot.deliver(account.user, source)
  }
  await stage.sync(account)
  await readReports(stage.pool, silentLogger)
}

const statuses = async (sent: Sent): Promise<readonly string[]> => (await readSent(stage.pool, sent)).recipients.map(({ status }) => status)
const suppressed = async ({ account }: Sent): Promise<readonly string[]> =>
  listSuppressed(stage.pool, account.userId, ['gone@example.org', 'you@example.org'])
const countUnread = async (): Promise<number> => (await stage.pool.query('SELECT FROM unread_report')).rows.length

describe('a bounce that is found in synchronised mail', () => {
  it('is tied to its submission, and fills the list of suppressed addresses', async () => {
    const sent = await sendMessage(await stage.connect())
    await receive(sent.account, bounce(sent.messageIdHeader))
    const { status, recipients, history } = await readSent(stage.pool, sent)
    expect(status).toBe('sent')
    expect(recipients).toMatchObject([
      { email: 'Gone@example.org', status: 'bounced', replyCode: 550, enhancedStatus: '5.1.1', response: '550 5.1.1 Not delivered' },
      { email: 'you@example.org', status: 'accepted' },
    ])
    expect(history.at(-1)).toMatchObject({
      status: 'sent',
      code: 'smtp.recipient_bounced',
      response: 'Gone@example.org: 550 5.1.1 Not delivered',
    })
    expect(await suppressed(sent)).toEqual(['gone@example.org'])
    expect(await countUnread()).toBe(0)
  })

  it('has its effect once, however often and wherever it is found', async () => {
    const sent = await sendMessage(await stage.connect())
    await receive(sent.account, bounce(sent.messageIdHeader))
    await stage.pool.query('DELETE FROM suppression WHERE user_id = $1', [sent.account.userId])
    await receive(sent.account, bounce(sent.messageIdHeader))
    expect((await readSent(stage.pool, sent)).history.filter(({ code }) => code === 'smtp.recipient_bounced')).toHaveLength(1)
    // Its owner took the address off the list: what is known already does not put it back.
    expect(await suppressed(sent)).toEqual([])
  })

  it('of a full mailbox suppresses nobody', async () => {
    const sent = await sendMessage(await stage.connect())
    await receive(sent.account, bounce(sent.messageIdHeader, 'gone@example.org', '5.2.2'))
    expect([await statuses(sent), await suppressed(sent)]).toEqual([['bounced', 'accepted'], []])
  })

  it('waits for an attempt that is under way', async () => {
    const sent = await sendMessage(await stage.connect())
    await stage.pool.query(`UPDATE submission SET status = 'sending', claimed_until = now() + interval '1 hour' WHERE id = $1`, [sent.id])
    await receive(sent.account, bounce(sent.messageIdHeader))
    expect(await statuses(sent)).toEqual(['accepted', 'accepted'])
    await stage.pool.query(`UPDATE submission SET status = 'sent', claimed_until = NULL WHERE id = $1`, [sent.id])
    await stage.pool.query('UPDATE unread_report SET due_at = now()')
    await readReports(stage.pool, silentLogger)
    expect(await statuses(sent)).toEqual(['bounced', 'accepted'])
  })

  // RFC 3461: a report that carries nothing of the message names its envelope.
  it('without the message is tied by the envelope id, in the account that sent alone', async () => {
    const sent = await sendMessage(await stage.connect())
    const other = await sendMessage(await stage.connect())
    const report = bounce('<somebody@elsewhere.example>').replace(
      'Reporting-MTA:',
      `Original-Envelope-Id: ${sent.id.replaceAll('-', '')}\r\nReporting-MTA:`,
    )
    await receive(other.account, report)
    expect([await statuses(sent), await statuses(other)]).toEqual([
      ['accepted', 'accepted'],
      ['accepted', 'accepted'],
    ])
    await receive(sent.account, report)
    expect([await statuses(sent), await suppressed(sent)]).toEqual([['bounced', 'accepted'], ['gone@example.org']])
  })

  it('is read by one of two that look at once', async () => {
    const sent = await sendMessage(await stage.connect())
    await stage.dovecot.deliver(sent.account.user, bounce(sent.messageIdHeader))
    await stage.sync(sent.account)
    const tied = await Promise.all([readReports(stage.pool, silentLogger), readReports(stage.pool, silentLogger)])
    expect(tied.reduce((sum, count) => sum + count)).toBe(1)
  })
})

describe('a forged bounce', () => {
  it('that does not know the Message-ID changes nothing', async () => {
    const sent = await sendMessage(await stage.connect())
    await receive(sent.account, bounce('<guessed@shop.example>'), bounce(''))
    expect([await statuses(sent), await suppressed(sent), await countUnread()]).toEqual([['accepted', 'accepted'], [], 0])
  })

  it('that names somebody who was not written to changes nothing', async () => {
    const sent = await sendMessage(await stage.connect())
    await receive(sent.account, bounce(sent.messageIdHeader, 'stranger@example.org'))
    expect(await statuses(sent)).toEqual(['accepted', 'accepted'])
    expect(await listSuppressed(stage.pool, sent.account.userId, ['stranger@example.org'])).toEqual([])
  })

  it('in another account than the one that sent changes nothing', async () => {
    const sent = await sendMessage(await stage.connect())
    const other = await sendMessage(await stage.connect())
    await receive(other.account, bounce(sent.messageIdHeader))
    expect([await statuses(sent), await statuses(other)]).toEqual([
      ['accepted', 'accepted'],
      ['accepted', 'accepted'],
    ])
  })
})

describe('what is not noted', () => {
  it('a report in an account that never sent', async () => {
    const account = await stage.connect()
    await stage.dovecot.deliver(account.user, bounce('<any@shop.example>'))
    await stage.sync(account)
    expect(await countUnread()).toBe(0)
  })

  it('a letter', async () => {
    const { account } = await sendMessage(await stage.connect())
    await stage.dovecot.deliver(account.user, 'From: ada@example.org\r\nSubject: Lunch\r\n\r\nAt noon?\r\n')
    await stage.sync(account)
    expect(await countUnread()).toBe(0)
  })
})
