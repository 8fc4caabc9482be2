import { randomUUID } from 'node:crypto'
import type { SuppressionReason } from '@maildock/client'
import { suppress } from '@maildock/outbox'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { findAccessibilityViolations } from '../fixture/axe.ts'
import type { Theme, Width } from '../fixture/browser.ts'
import { connectMailbox } from '../fixture/person.ts'
import { stagedVerify, WORKING_HOST } from '../fixture/staged-verify.ts'
import { setUpProduct, type Visits } from '../fixture/visits.ts'

const visits = setUpProduct({ verify: stagedVerify, worker: false })
const LIST = /\/api\/trpc\/suppressions\.list/u

const check = async (page: Page) => {
  expect(await findAccessibilityViolations(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
}

/** The page of somebody to whom this happened, to these addresses. */
async function openPage(reasons: readonly SuppressionReason[], looks: Parameters<Visits['openSignedIn']>[0] = {}) {
  const visit = await visits.openSignedIn(looks)
  const { pool, prisma } = visits.product.database
  await pool.query('delete from suppression')
  const email = `shop-${randomUUID().slice(0, 8)}@example.com`
  await connectMailbox(visit.page, visits.product, { email, imapHost: WORKING_HOST, imapPort: 993, smtpHost: WORKING_HOST, smtpPort: 587 })
  const { userId } = await prisma.account.findFirstOrThrow({ where: { email } })
  await suppress(
    pool,
    userId,
    reasons.map((reason, index) => ({
      address: `reader-${index}-with-a-long-name@a-domain-that-is-long-as-well.example.org`,
      reason,
      submissionId: null,
      detail: reason === 'manual' ? null : '550 5.1.1 The email account that you tried to reach does not exist',
    })),
  )
  await visit.page.goto('/suppressions')
  await visit.page.getByRole('heading', { level: 1, name: 'Suppressed addresses' }).waitFor()
  return visit
}

const list = (page: Page) => page.getByRole('list', { name: 'Suppressed addresses' })

describe('suppressed addresses', () => {
  it.each<[Theme, Width]>([
    ['light', 'wide'],
    ['dark', 'phone'],
  ])('are shown with the reason: %s, %s', async (theme, width) => {
    await using visit = await openPage(['bounce', 'complaint', 'manual'], { theme, width })
    const { page } = visit
    await list(page).getByText('Complained').waitFor()
    expect(await list(page).getByRole('listitem').count()).toBe(3)
    await check(page)
    await page.getByRole('button', { name: /^Take reader-1/u }).click()
    await page.getByRole('dialog').getByText('complaints make mail servers refuse').waitFor()
    await check(page)
    expect(visit.problems).toEqual([])
  })

  it('are added by hand, found, and taken off again', async () => {
    await using visit = await openPage([])
    const { page } = visit
    await page.getByRole('heading', { name: 'Nobody is suppressed' }).waitFor()
    await check(page)
    await page.getByRole('button', { name: 'Suppress an address' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('E-mail address').fill('nobody')
    await dialog.getByRole('button', { name: 'Suppress' }).click()
    await dialog.getByText('This is not an e-mail address.').waitFor()
    await check(page)
    await dialog.getByLabel('E-mail address').fill('Reader@example.org')
    await page.keyboard.press('Enter')
    await list(page).getByText('Reader@example.org').waitFor()
    await page.getByRole('searchbox', { name: 'Search addresses' }).fill('nothing of the kind')
    await page.getByText('There is no such address.').waitFor()
    await page.getByRole('searchbox', { name: 'Search addresses' }).fill('READER')
    await list(page).getByText('Reader@example.org').waitFor()
    await page.getByRole('button', { name: 'Take Reader@example.org off the list' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take it off the list' }).click()
    await list(page).waitFor({ state: 'detached' })
    expect((await visits.product.database.pool.query('select from suppression')).rowCount).toBe(0)
    expect(visit.problems).toEqual([])
  })

  it('are reached from the settings, and say that they are loading, and what keeps them from being loaded', async () => {
    await using visit = await openPage([])
    const { page } = visit
    await page.goto('/settings')
    await page.getByRole('main').getByRole('link', { name: 'Show suppressed addresses' }).click()
    await page.getByRole('heading', { name: 'Nobody is suppressed' }).waitFor()
    expect(visit.problems).toEqual([])
    await page.route(LIST, () => undefined)
    await page.reload()
    await page.getByText('Loading the addresses…').waitFor({ state: 'attached' })
    await check(page)
    await page.unroute(LIST)
    await page.route(LIST, (route) => route.abort())
    await page.reload()
    await page.getByText('The addresses could not be loaded').waitFor()
    await check(page)
  })
})
