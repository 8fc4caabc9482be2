import { randomUUID } from 'node:crypto'
import type { SubmissionStatus } from '@maildock/client'
import { insertSubmission } from '@maildock/outbox'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { findAccessibilityViolations } from '../fixture/axe.ts'
import { connectMailbox } from '../fixture/person.ts'
import { stagedVerify, WORKING_HOST } from '../fixture/staged-verify.ts'
import { setUpProduct, type Visits } from '../fixture/visits.ts'

const visits = setUpProduct({ verify: stagedVerify, worker: false })
const LIST = /\/api\/trpc\/submissions\.list/u

const check = async (page: Page) => {
  expect(await findAccessibilityViolations(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
}

/** The outbox of somebody with a mailbox who sent messages, one for each of these states. */
async function openOutbox(statuses: readonly SubmissionStatus[], looks: Parameters<Visits['openSignedIn']>[0] = {}) {
  const visit = await visits.openSignedIn(looks)
  const { page } = visit
  await visits.product.database.pool.query('delete from submission')
  const email = `shop-${randomUUID().slice(0, 8)}@example.com`
  await connectMailbox(page, visits.product, { email, imapHost: WORKING_HOST, imapPort: 993, smtpHost: WORKING_HOST, smtpPort: 587 })
  for (const status of statuses) await storeSubmission(email, status)
  await page.goto('/outbox')
  await page.getByRole('heading', { level: 1, name: 'Outbox' }).waitFor()
  return visit
}

const SUBJECT = 'A message with a subject so long that it does not fit into one line of a phone, nor of much else, and that is'

async function storeSubmission(email: string, status: SubmissionStatus): Promise<void> {
  const { pool } = visits.product.database
  const { id: accountId, userId } = await visits.product.database.prisma.account.findFirstOrThrow({ where: { email } })
  const id = `0197c0de-${randomUUID().slice(9)}`
  await insertSubmission(pool, {
    accountId,
    id,
    userId,
    apiKeyId: null,
    sandbox: false,
    subject: `${SUBJECT} ${status}`,
    messageIdHeader: `<${id}@example.com>`,
    reversePath: email,
    recipients: ['first@example.org', 'second@example.org', 'third@example.org'].map((address) => ({ address, kind: 'to' })),
    needsSmtputf8: false,
    needs8bit: false,
    source: Buffer.from('Subject: Hello\r\n\r\nHello.\r\n'),
    tags: [],
    metadata: {},
    idempotencyKey: null,
    payloadSha256: Buffer.alloc(32),
    scheduledAt: new Date(Date.now() + 3_600_000),
  })
  const waits = status === 'accepted' || status === 'deferred'
  await pool.query(`update submission set status = $2, next_attempt_at = case when $3 then next_attempt_at end where id = $1`, [
    id,
    status,
    waits,
  ])
  await pool.query(
    `insert into submission_step (account_id, submission_id, position, status, code, response)
     values ($1, $2, 1, $3, 'upstream.unavailable', '451 4.7.1 Please try again later')`,
    [accountId, id, status],
  )
}

const row = (page: Page, status: SubmissionStatus) =>
  page.getByRole('list', { name: 'Messages' }).getByRole('button', { name: `is ${status}` })

/** Opens what is known of one message. */
async function openMessage(page: Page, status: SubmissionStatus) {
  await row(page, status).click()
  const dialog = page.getByRole('dialog', { name: SUBJECT })
  await dialog.getByRole('heading', { name: 'History' }).waitFor()
  return dialog
}

describe('the outbox', () => {
  it('is reached from everywhere, and says what it is for while it is empty', async () => {
    await using visit = await openOutbox([])
    const { page } = visit
    await page.getByRole('heading', { name: 'Nothing was sent yet' }).waitFor()
    await page.goto('/')
    await page.getByRole('heading', { level: 1, name: 'Accounts' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('o')
    await page.getByRole('heading', { level: 1, name: 'Outbox' }).waitFor()
    await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('main').getByRole('link', { name: 'Open the outbox' }).click()
    await page.getByRole('heading', { level: 1, name: 'Outbox' }).waitFor()
    await page.getByRole('radio', { name: 'Waiting' }).click()
    await page.getByText('There are no such messages.').waitFor()
    await check(page)
    expect(visit.problems).toEqual([])
  })

  it('shows what waits, what was sent and what was not', async () => {
    await using visit = await openOutbox(['sent', 'deferred', 'unknown'])
    const { page } = visit
    const shown = async () => await page.getByRole('list', { name: 'Messages' }).getByRole('listitem').count()
    await row(page, 'sent').getByText('To first@example.org, second@example.org and 1 more').waitFor()
    expect(await shown()).toBe(3)
    await page.getByRole('radio', { name: 'Not sent' }).click()
    await row(page, 'sent').waitFor({ state: 'detached' })
    await row(page, 'unknown').waitFor()
    expect(await shown()).toBe(1)
    expect(visit.problems).toEqual([])
  })

  it('says that it is loading, and what keeps it from being loaded', async () => {
    await using visit = await openOutbox([])
    const { page } = visit
    await page.route(LIST, () => undefined)
    await page.reload()
    await page.getByText('Loading the outbox…').waitFor({ state: 'attached' })
    await check(page)
    await page.unroute(LIST)
    await page.route(LIST, (route) => route.abort())
    await page.reload()
    await page.getByText('The outbox could not be loaded').waitFor()
    await check(page)
    await page.unroute(LIST)
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Nothing was sent yet' }).waitFor()
    expect(visit.problems).toEqual([])
  })
})

describe('a message', () => {
  it('that waits is taken back', async () => {
    await using visit = await openOutbox(['deferred'])
    const { page } = visit
    const dialog = await openMessage(page, 'deferred')
    await dialog.getByText('451 4.7.1 Please try again later').waitFor()
    await dialog.getByRole('button', { name: 'Cancel message' }).click()
    await page.getByText('The message is cancelled.').waitFor()
    await dialog.getByText('It was taken back before it was sent.').waitFor()
    expect(await dialog.getByRole('button', { name: /^(?:Cancel|Send)/u }).count()).toBe(0)
    await dialog
      .getByRole('contentinfo')
      .or(dialog.getByRole('button', { name: 'Close' }).last())
      .click()
    await dialog.waitFor({ state: 'detached' })
    await row(page, 'deferred').getByText('Cancelled').waitFor()
    expect(visit.problems).toEqual([])
  })

  it('of which nobody can tell is sent again only by who knows what follows', async () => {
    await using visit = await openOutbox(['unknown'])
    const { page } = visit
    const dialog = await openMessage(page, 'unknown')
    await dialog.getByRole('button', { name: 'Send again' }).click()
    await dialog.getByRole('alert').getByText('It may arrive twice').waitFor()
    await check(page)
    await dialog.getByRole('button', { name: 'Send it anyway' }).click()
    await page.getByText('The message will be sent in a moment.').waitFor()
    await dialog.getByText('It is tried again for 48 hours.').waitFor()
    expect(visit.problems).toEqual([])
  })

  it('that cannot be sent again stays as it is, and the reason is told', async () => {
    await using visit = await openOutbox(['failed'])
    const { page } = visit
    await visits.product.database.pool.query(`update submission set source = '' where status = 'failed'`)
    const dialog = await openMessage(page, 'failed')
    await dialog.getByRole('button', { name: 'Send again' }).click()
    await dialog.getByRole('alert').getByText('The message was not sent again').waitFor()
    await check(page)
    expect(visit.problems).toEqual([])
  })
})

describe.each([
  ['wide', 'light'],
  ['wide', 'dark'],
  ['phone', 'light'],
  ['phone', 'dark'],
] as const)('on a %s screen, %s, everybody can read and use', (width, theme) => {
  it('the list and a message', async () => {
    await using visit = await openOutbox(['cancelled', 'accepted', 'deferred', 'sent', 'failed', 'unknown'], { width, theme })
    const { page } = visit
    await row(page, 'unknown').waitFor()
    await check(page)
    await openMessage(page, 'deferred')
    await check(page)
    expect(visit.problems).toEqual([])
  })
})
