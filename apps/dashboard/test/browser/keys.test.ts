import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { findAccessibilityViolations } from '../fixture/axe.ts'
import { connectMailbox, signUp } from '../fixture/person.ts'
import { stagedVerify, WORKING_HOST } from '../fixture/staged-verify.ts'
import { setUpProduct, type Visits } from '../fixture/visits.ts'

const visits = setUpProduct({ verify: stagedVerify, worker: false })
const LIST = /\/api\/trpc\/keys\.list/u
const KEY = /^msk_[0-9a-f]{64}$/u

const row = (page: Page, name: string) => page.getByRole('list', { name: 'API keys' }).getByRole('listitem').filter({ hasText: name })
const focused = (page: Page) => page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.getAttribute('name'))
const openDialog = async (page: Page) => {
  await page.getByRole('button', { name: 'Create API key' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Create an API key' })
  await dialog.waitFor()
  return dialog
}

/** Makes a key and ends on the page that lists it. */
async function createKey(page: Page, name: string): Promise<string> {
  const dialog = await openDialog(page)
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByRole('button', { name: 'Create key' }).click()
  const field = page.getByRole('textbox', { name: 'API key' })
  const key = await field.inputValue()
  await page.getByRole('button', { name: 'Copy', exact: true }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  await page.getByRole('button', { name: 'Done' }).click()
  await row(page, name).waitFor()
  return key
}

const check = async (page: Page) => {
  expect(await findAccessibilityViolations(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
}

async function openKeys(looks: Parameters<Visits['openSignedIn']>[0] = {}) {
  const visit = await visits.openSignedIn(looks)
  await visit.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await visit.page.goto('/keys')
  await visit.page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor()
  return visit
}

describe('the first key', () => {
  it('is asked for by a page that says what keys are', async () => {
    await using visit = await visits.open()
    const { page } = visit
    await signUp(page)
    await page.getByRole('navigation').getByRole('link', { name: 'API keys' }).click()
    await page.getByRole('heading', { name: 'Create your first API key' }).waitFor()
    expect(await page.getByRole('button', { name: 'Create API key' }).count()).toBe(1)
    expect(await findAccessibilityViolations(page)).toEqual([])
    expect(visit.problems).toEqual([])
  })

  it('is shown once, copied, and listed with what it is for', async () => {
    await using visit = await openKeys()
    const { page } = visit
    await connectMailbox(page, visits.product, {
      email: 'orders@example.com',
      imapHost: WORKING_HOST,
      imapPort: 993,
      smtpHost: WORKING_HOST,
      smtpPort: 587,
    })
    await page.getByRole('navigation').getByRole('link', { name: 'API keys' }).click()
    const dialog = await openDialog(page)
    expect(await focused(page)).toBe('name')
    await dialog.getByLabel('Name').fill('Order confirmations')
    await dialog.getByLabel('All mail').uncheck()
    await dialog.getByLabel('Transactional mail').check()
    await dialog.getByLabel('Sends from').selectOption({ label: 'Only orders@example.com' })
    await dialog.getByLabel('Expires').fill('2099-01-15')
    await dialog.getByRole('button', { name: 'Create key' }).click()

    const field = page.getByRole('dialog', { name: 'Copy the key now' }).getByRole('textbox', { name: 'API key' })
    const key = await field.inputValue()
    expect(key).toMatch(KEY)
    expect(await focused(page)).toBe('API key')
    await page.getByRole('button', { name: 'Copy', exact: true }).click()
    await page.getByText('The key is in the clipboard.').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key)
    await page.getByRole('button', { name: 'Done' }).click()

    const listed = row(page, 'Order confirmations')
    await listed.getByText(`${key.slice(0, 12)}…`).waitFor()
    expect(await listed.textContent()).toMatch(/Transactional mail.*From orders@example\.com.*Never used.*Expires in \d+ days/u)
    expect(await page.content()).not.toContain(key.slice(12))
    expect(visit.problems).toEqual([])
  })
})

describe('revoking a key', () => {
  it('closes it at once, and leaves it in the list', async () => {
    await using visit = await openKeys()
    const { page } = visit
    await createKey(page, 'Short-lived')
    const listed = row(page, 'Short-lived')
    await listed.getByRole('button', { name: 'Revoke Short-lived' }).click()
    await page.getByRole('dialog', { name: 'Revoke Short-lived?' }).getByRole('button', { name: 'Revoke', exact: true }).click()
    await page.getByText('Short-lived is revoked.').waitFor()
    await listed.getByText('Revoked', { exact: true }).waitFor()
    expect(await listed.getByRole('button').count()).toBe(0)
    await expect.poll(() => focused(page)).toBe('API keys')
    expect(visit.problems).toEqual([])
  })
})

describe('making a key', () => {
  it('says at the field what is wrong, and goes there', async () => {
    await using visit = await openKeys()
    const { page } = visit
    const dialog = await openDialog(page)
    await dialog.getByLabel('All mail').uncheck()
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await dialog.getByText('Enter a name.').waitFor()
    await dialog.getByText('Choose at least one scope.').waitFor()
    expect(await focused(page)).toBe('name')
    expect(await findAccessibilityViolations(page)).toEqual([])
    await dialog.getByLabel('Name').fill('Named')
    await page.keyboard.press('Enter')
    expect(await focused(page)).toBe('scopes')
    expect(visit.problems).toEqual([])
  })

  it('works by the keyboard alone, and gives the focus back', async () => {
    await using visit = await openKeys()
    const { page } = visit
    await page.getByRole('button', { name: 'Create API key' }).first().focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('By keyboard')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Copy the key now' }).waitFor()
    await page.keyboard.press('Control+c')
    await page.getByText('The key is in the clipboard.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await row(page, 'By keyboard').waitFor()
    expect(visit.problems).toEqual([])
  })

  it('does not let a key go before it was copied without asking', async () => {
    await using visit = await openKeys()
    const { page } = visit
    const dialog = await openDialog(page)
    await dialog.getByLabel('Name').fill('Forgotten')
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await page.getByRole('dialog', { name: 'Copy the key now' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('alert').getByText('The key was not copied yet').waitFor()
    expect(await page.getByRole('textbox', { name: 'API key' }).inputValue()).toMatch(KEY)
    await page.getByRole('button', { name: 'Close without copying' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(visit.problems).toEqual([])
  })

  it('selects the key where the browser does not let the page copy', async () => {
    await using visit = await visits.openSignedIn()
    const { page } = visit
    await page.addInitScript(() =>
      Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('no')) } }),
    )
    await page.goto('/keys')
    const dialog = await openDialog(page)
    await dialog.getByLabel('Name').fill('By hand')
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await page.getByRole('button', { name: 'Copy', exact: true }).click()
    await page.getByText('copy it by hand').waitFor()
    expect(await page.evaluate(() => getSelection()?.toString())).toMatch(KEY)
    expect(visit.problems).toEqual([])
  })

  it('says what the server refuses', async () => {
    await using visit = await openKeys()
    const { page } = visit
    await page.route(/keys\.create/u, (route) => route.abort())
    const dialog = await openDialog(page)
    await dialog.getByLabel('Name').fill('Refused')
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await dialog.getByRole('alert').getByText('The key was not created').waitFor()
    expect(await dialog.getByLabel('Name').inputValue()).toBe('Refused')
    expect(visit.problems).toEqual([])
  })
})

describe('the list', () => {
  it('says that it is loading, and what keeps it from being loaded', async () => {
    await using visit = await openKeys()
    const { page } = visit
    await page.route(LIST, () => undefined)
    await page.reload()
    await page.getByText('Loading API keys…').waitFor({ state: 'attached' })
    expect(await findAccessibilityViolations(page)).toEqual([])
    await page.unroute(LIST)
    await page.route(LIST, (route) => route.abort())
    await page.reload()
    await page.getByText('The API keys could not be loaded').waitFor()
    expect(await findAccessibilityViolations(page)).toEqual([])
    await page.unroute(LIST)
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('The API keys could not be loaded').waitFor({ state: 'detached' })
    expect(visit.problems).toEqual([])
  })

  it('keeps a key that one decides to keep, or that could not be revoked', async () => {
    await using visit = await openKeys()
    const { page } = visit
    await createKey(page, 'Kept')
    await page.route(/keys\.revoke/u, (route) => route.abort())
    await page.getByRole('button', { name: 'Revoke Kept' }).click()
    const dialog = page.getByRole('dialog', { name: 'Revoke Kept?' })
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click()
    await dialog.getByRole('alert').getByText('The key was not revoked').waitFor()
    expect(await findAccessibilityViolations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Keep it' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('Revoke Kept')
    expect(visit.problems).toEqual([])
  })

  it('is found by the command menu', async () => {
    await using visit = await visits.openSignedIn()
    const { page } = visit
    await page.goto('/')
    await page.getByRole('heading', { level: 1, name: 'Accounts' }).waitFor()
    await page.keyboard.press('/')
    await page.getByRole('combobox').fill('api')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor()
    expect(visit.problems).toEqual([])
  })
})

describe.each([
  ['wide', 'light'],
  ['wide', 'dark'],
  ['phone', 'light'],
  ['phone', 'dark'],
] as const)('on a %s screen, %s, everybody can read and use', (width, theme) => {
  it('the list', async () => {
    await using visit = await openKeys({ width, theme })
    await createKey(visit.page, `A key with a name so long that it has to be broken: ${width} and ${theme}`)
    await check(visit.page)
    expect(visit.problems).toEqual([])
  })

  it('the form', async () => {
    await using visit = await openKeys({ width, theme })
    await openDialog(visit.page)
    await check(visit.page)
    expect(visit.problems).toEqual([])
  })

  it('the new key', async () => {
    await using visit = await openKeys({ width, theme })
    const { page } = visit
    const dialog = await openDialog(page)
    await dialog.getByLabel('Name').fill('Shown')
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await page.getByRole('textbox', { name: 'API key' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('alert').waitFor()
    await check(page)
    expect(visit.problems).toEqual([])
  })
})

it('keys are reached from the settings of a phone', async () => {
  await using visit = await visits.openSignedIn({ width: 'phone' })
  const { page } = visit
  await page.goto('/settings')
  await page.getByRole('main').getByRole('link', { name: 'Manage API keys' }).click()
  await page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor()
  expect(visit.problems).toEqual([])
})
