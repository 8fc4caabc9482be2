import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { composeMail } from '../fixture/mail.ts'
import { connectMailbox, signUp } from '../fixture/person.ts'
import { setUpProduct } from '../fixture/visits.ts'

const visits = setUpProduct()

const focusedText = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '')
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()

async function signUpWithMail(page: Page, email: string): Promise<void> {
  const { dovecot } = visits.product
  for (const subject of ['First', 'Second', 'Third']) {
    await dovecot.deliver(email, composeMail({ from: 'Support <support@example.org>', subject, text: `Text of ${subject}.` }))
  }
  await signUp(page)
  await connectMailbox(page, visits.product, { email })
  await page
    .getByRole('main')
    .getByText(/^Synced/u)
    .waitFor()
}

describe('without a mouse', () => {
  it('goes everywhere by shortcuts, and types in fields', async () => {
    await using visit = await visits.openSignedIn()
    const { page } = visit
    await page.goto('/')
    await heading(page, 'Accounts')
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await heading(page, 'Settings')
    await page.keyboard.press('g')
    await page.keyboard.press('a')
    await heading(page, 'Accounts')
    await page.keyboard.press('c')
    await heading(page, 'Connect an account')
    await page.getByLabel('E-mail address').focus()
    await page.keyboard.type('c/?gs')
    expect(await page.getByLabel('E-mail address').inputValue()).toBe('c/?gs')
    await page.getByRole('button', { name: 'Check and connect' }).focus()
    await page.keyboard.press('Escape')
    await heading(page, 'Accounts')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(visit.problems).toEqual([])
  })

  it('finds by the command menu, from a text field too', async () => {
    await using visit = await visits.openSignedIn()
    const { page } = visit
    await page.goto('/connect')
    await page.getByLabel('E-mail address').focus()
    await page.keyboard.press('Control+k')
    const input = page.getByRole('combobox', { name: 'Search or jump to' })
    await input.waitFor()
    await input.fill('nothing like it')
    await page.getByText('Nothing is called').waitFor()
    await input.fill('pass')
    await page.getByRole('option', { name: 'Settings', selected: true }).waitFor()
    await page.keyboard.press('Enter')
    await heading(page, 'Settings')
    await page.keyboard.press('/')
    await page.getByRole('combobox').fill('dark')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
    await page.reload()
    await heading(page, 'Settings')
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
    expect(visit.problems).toEqual([])
  })

  it('walks the lists, reads a message and comes back to it', async () => {
    const email = 'walk@example.com'
    await using visit = await visits.open()
    const { page } = visit
    await signUpWithMail(page, email)
    await page.keyboard.press('j')
    expect(await focusedText(page)).toBe(email)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: /Third/u }).waitFor()
    const subjects = await page.getByRole('list', { name: 'Inbox' }).getByRole('link').allTextContents()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    expect(await focusedText(page)).toBe(subjects[1])
    await page.keyboard.press('ArrowDown')
    expect(await focusedText(page)).toBe(subjects[2])
    await page.keyboard.press('k')
    await page.keyboard.press('Enter')
    await page
      .getByRole('article')
      .getByText(/^Text of/u)
      .waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('article').waitFor({ state: 'detached' })
    expect(await focusedText(page)).toBe(subjects[1])
    expect(visit.problems).toEqual([])
  })

  it('skips the navigation, and works menus by arrows', async () => {
    await using visit = await visits.openSignedIn()
    const { page } = visit
    await page.goto('/settings')
    await heading(page, 'Settings')
    await page.keyboard.press('Tab')
    expect(await focusedText(page)).toBe('Skip to content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
    await page.getByRole('button', { name: /@example\.com$/u }).focus()
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => page.evaluate(() => document.activeElement?.role)).toBe('menu')
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => focusedText(page)).toBe('Settings')
    await page.keyboard.type('key')
    await expect.poll(() => focusedText(page)).toContain('Keyboard shortcuts')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    expect(visit.problems).toEqual([])
  })
})
