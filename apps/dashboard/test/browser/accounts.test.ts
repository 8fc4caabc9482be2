import { createMaildockClient } from '@maildock/client'
import { publishLiveNotice } from '@maildock/db'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { connectMailbox, signUp } from '../fixture/person.ts'
import { SERVICE_KEY } from '../fixture/product.ts'
import { failingHost, stagedVerify, WORKING_HOST } from '../fixture/staged-verify.ts'
import { setUpProduct } from '../fixture/visits.ts'

const visits = setUpProduct({ verify: stagedVerify, worker: false })

async function connect(page: Page, email: string): Promise<void> {
  await connectMailbox(page, visits.product, { email, imapHost: WORKING_HOST, imapPort: 993, smtpHost: WORKING_HOST, smtpPort: 587 })
}

const row = (page: Page, email: string) => page.getByRole('main').getByRole('listitem').filter({ hasText: email })

async function choose(page: Page, email: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${email}` }).click()
  await page.getByRole('menuitem', { name: action }).click()
}

describe('the default account', () => {
  it('is the first, moves when asked to, and passes on when it is disconnected', async () => {
    await using visit = await visits.open()
    const { page } = visit
    await signUp(page)
    await connect(page, 'first@example.com')
    await connect(page, 'second@example.com')
    await row(page, 'first@example.com').getByText('Default', { exact: true }).waitFor()
    await choose(page, 'second@example.com', 'Make default')
    await row(page, 'second@example.com').getByText('Default', { exact: true }).waitFor()
    expect(await page.getByRole('main').getByText('Default', { exact: true }).count()).toBe(1)
    await choose(page, 'second@example.com', 'Disconnect…')
    await page.getByRole('dialog').getByText('will take its place').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click()
    await page.getByText('second@example.com is disconnected.').waitFor()
    await row(page, 'first@example.com').getByText('Default', { exact: true }).waitFor()
    expect(visit.problems).toEqual([])
  })
})

describe('disconnecting', () => {
  it('is refused while a campaign needs the only account, with what to do about it', async () => {
    const { database, url } = visits.product
    await using visit = await visits.open()
    const { page } = visit
    await signUp(page)
    const email = 'campaign@example.com'
    await connect(page, email)
    const account = await database.prisma.account.findFirstOrThrow({ where: { email } })
    const campaigns = createMaildockClient({ baseUrl: url, serviceKey: SERVICE_KEY }).campaigns
    const campaign = { campaignId: crypto.randomUUID(), userId: account.userId, accountId: account.id }
    await campaigns.report({ ...campaign, status: 'scheduled' })

    await choose(page, email, 'Disconnect…')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Disconnect' }).click()
    await dialog.getByText('A campaign still needs this account').waitFor()
    await dialog.getByRole('button', { name: 'Keep connected' }).click()
    await row(page, email).waitFor()

    await campaigns.report({ ...campaign, status: 'cancelled' })
    await choose(page, email, 'Disconnect…')
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click()
    await page.getByRole('heading', { name: 'Connect your first mailbox' }).waitFor()
    expect(visit.problems).toEqual([])
  })

  it('does nothing when one changes one’s mind, and gives the focus back', async () => {
    await using visit = await visits.open()
    const { page } = visit
    await signUp(page)
    await connect(page, 'mind@example.com')
    await choose(page, 'mind@example.com', 'Disconnect…')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await row(page, 'mind@example.com').waitFor()
    expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe('Actions for mind@example.com')
  })
})

describe('editing', () => {
  it('saves a name at once', async () => {
    await using visit = await visits.open()
    const { page } = visit
    await signUp(page)
    await connect(page, 'name@example.com')
    await choose(page, 'name@example.com', 'Edit')
    await page.getByRole('textbox', { name: /^Name/u }).fill('Example Studio')
    await page.getByRole('region', { name: 'Display name' }).getByRole('button', { name: 'Save' }).click()
    await page.getByText('The name is saved.').waitFor()
    await page.getByRole('main').getByRole('link', { name: 'Accounts' }).click()
    await row(page, 'name@example.com').getByText('Example Studio').waitFor()
    expect(visit.problems).toEqual([])
  })

  it('checks new servers first: a refused change changes nothing, an accepted one is kept', async () => {
    const { database } = visits.product
    await using visit = await visits.open()
    const { page } = visit
    await signUp(page)
    const email = 'servers@example.com'
    await connect(page, email)
    await choose(page, email, 'Edit')
    const imap = page.getByRole('group', { name: 'Incoming mail (IMAP)' })
    const stored = async () => (await database.prisma.account.findFirstOrThrow({ where: { email } })).imapHost
    await imap.getByLabel('Server').fill(failingHost('tls.certificate_invalid'))
    await page.getByRole('button', { name: 'Check and save' }).click()
    await page.getByRole('alert').getByText('The certificate is not valid for this name').waitFor()
    expect(await stored()).toBe(WORKING_HOST)
    await imap.getByLabel('Server').fill('imap.working.test')
    await page.getByLabel('New password').fill('another password')
    await page.getByRole('button', { name: 'Check and save' }).click()
    await page.getByText('Both servers accept the new settings. They are saved.').waitFor()
    expect(await stored()).toBe('imap.working.test')
    expect(await page.getByLabel('New password').inputValue()).toBe('')
    expect(visit.problems).toEqual([])
  })
})

describe('an account that fails', () => {
  it('says so live, in words, and leads to the repair', async () => {
    const { database } = visits.product
    await using visit = await visits.open()
    const { page } = visit
    await signUp(page)
    const email = 'failing@example.com'
    await connect(page, email)
    const since = new Date(Date.now() - 3 * 3_600_000)
    const { id, userId } = await database.prisma.account.findFirstOrThrow({ where: { email } })
    const failure = {
      syncErrorCode: 'imap.authentication_failed',
      syncErrorMessage: 'The IMAP server refused this user name and password.',
    }
    await database.prisma.account.update({
      where: { id },
      data: { ...failure, syncStatus: 'error', syncErrorSince: since, nextAttemptAt: null },
    })
    await publishLiveNotice(database.pool, { kind: 'account', userId, accountId: id })
    await row(page, email).getByText('The sign-in is no longer accepted').waitFor()
    await row(page, email)
      .getByText(/It began 3 h ago/u)
      .waitFor()
    await page.getByText('1 connected, 1 needs attention.').waitFor()
    await row(page, email).getByRole('link', { name: 'Fix sign-in' }).click()
    await page.getByLabel('New password').waitFor()
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('password')
    expect(visit.problems).toEqual([])
  })

  it('shows a transient failure without alarm, with the next attempt', async () => {
    const { database } = visits.product
    await using visit = await visits.open()
    const { page } = visit
    await signUp(page)
    const email = 'retrying@example.com'
    await connect(page, email)
    const { id, userId } = await database.prisma.account.findFirstOrThrow({ where: { email } })
    const now = Date.now()
    await database.prisma.account.update({
      where: { id },
      data: {
        syncStatus: 'synced',
        lastSyncedAt: new Date(now - 600_000),
        syncErrorCode: 'host.timeout',
        syncErrorMessage: 'The server did not answer in time.',
        syncErrorSince: new Date(now - 240_000),
        nextAttemptAt: new Date(now + 200_000),
      },
    })
    await publishLiveNotice(database.pool, { kind: 'account', userId, accountId: id })
    await row(page, email).getByText('Retrying', { exact: true }).waitFor()
    await row(page, email)
      .getByText(/Next attempt in 3 min/u)
      .waitFor()
    expect(visit.problems).toEqual([])
  })
})
