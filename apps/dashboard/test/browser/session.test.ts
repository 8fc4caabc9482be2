import { createMaildockClient } from '@maildock/client'
import { publishLiveNotice } from '@maildock/db'
import { describe, expect, it } from 'vitest'
import { PASSWORD, signUp } from '../fixture/person.ts'
import { setUpProduct } from '../fixture/visits.ts'

const visits = setUpProduct({ worker: false })

describe('signing in', () => {
  it('refuses a wrong password, takes the right one, and leads to where one wanted to go', async () => {
    await using first = await visits.open()
    const email = await signUp(first.page)
    await using visit = await visits.open()
    const { page } = visit
    await page.goto('/settings')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByLabel('E-mail address').fill(email)
    await page.getByLabel('Password', { exact: true }).fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('This e-mail address and password do not belong together.').waitFor()
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
    expect(visit.problems).toEqual([])
  })

  it('asks for what is missing, at the first field it is missing from', async () => {
    await using visit = await visits.open()
    const { page } = visit
    await page.goto('/sign-in')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Enter your e-mail address.').waitFor()
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('email')
  })

  it('tells a new user what is wrong with a password that is too short', async () => {
    await using visit = await visits.open()
    const { page } = visit
    await page.goto('/sign-up')
    await page.getByLabel('E-mail address').fill('short@example.com')
    await page.getByLabel('Password', { exact: true }).fill('short')
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByText(/at least 10 characters\.$/u).waitFor()
    expect(visit.problems).toEqual([])
  })

  it('does not follow a link that leads to another site', async () => {
    await using visit = await visits.open()
    const { page } = visit
    const email = await signUp(page)
    await page.getByRole('button', { name: email }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.goto('/sign-in?next=//elsewhere.example/')
    await page.getByLabel('E-mail address').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Accounts' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/')
    expect(visit.problems).toEqual([])
  })
})

describe('a session', () => {
  it('that ends elsewhere leads to the sign-in and back to the same page', async () => {
    await using visit = await visits.open()
    await using other = await visits.open()
    const { page } = visit
    const email = await signUp(page)
    await page.goto('/connect')
    await other.page.goto('/sign-in')
    await other.page.getByLabel('E-mail address').fill(email)
    await other.page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await other.page.getByRole('button', { name: 'Sign in' }).click()
    await other.page.getByRole('heading', { level: 1, name: 'Accounts' }).waitFor()
    await other.page.goto('/settings')
    await other.page.getByText('This device').waitFor()
    await other.page.getByRole('button', { name: 'Sign out Chrome on Linux' }).click()
    await other.page.getByText('Chrome on Linux is signed out.').waitFor()
    expect(await other.page.getByRole('region', { name: 'Sessions' }).getByRole('listitem').count()).toBe(1)

    await page.reload()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByLabel('E-mail address').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Connect an account' }).waitFor()
    expect([...visit.problems, ...other.problems]).toEqual([])
  })

  it('that is revoked while the page only listens leads to the sign-in by itself', async () => {
    const { database, url } = visits.product
    await using visit = await visits.open()
    const { page, context } = visit
    await signUp(page)
    const token = (await context.cookies()).find(({ name }) => name === 'sb-access-token')?.value ?? ''
    const { session } = createMaildockClient({ baseUrl: url, token })
    const { user } = await session.current()
    await session.signOut()
    await publishLiveNotice(database.pool, { kind: 'session', userId: user?.id ?? '' })
    await page.getByText('Your session has ended.').waitFor()
    expect(visit.problems).toEqual([])
  })

  it('that ends while the page is open is noticed by the next request', async () => {
    await using visit = await visits.open()
    const { page, context } = visit
    await signUp(page)
    await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click()
    await page.getByText('This device').waitFor()
    await context.clearCookies()
    await page.getByLabel('Current password').fill(PASSWORD)
    await page.getByLabel('New password').fill('five other words go here')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Your session has ended.').waitFor()
    expect(new URL(page.url()).searchParams.get('next')).toBe('/settings')
    expect(visit.problems).toEqual([])
  })
})

describe('changing the password', () => {
  it('refuses a wrong current one at its field, then takes the new one', async () => {
    await using visit = await visits.open()
    const { page } = visit
    const email = await signUp(page)
    await page.goto('/settings')
    await page.getByLabel('Current password').fill('wrong')
    await page.getByLabel('New password').fill('five other words go here')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('The current password is not right.').waitFor()
    await page.getByLabel('Current password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('The password is changed.').waitFor()
    await page.getByRole('main').getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.getByLabel('E-mail address').fill(email)
    await page.getByLabel('Password', { exact: true }).fill('five other words go here')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Accounts' }).waitFor()
    expect(visit.problems).toEqual([])
  })
})

describe('a browser without a network', () => {
  it('says that what is shown is the last known state', async () => {
    await using visit = await visits.open()
    const { page, context } = visit
    await signUp(page)
    await context.setOffline(true)
    await page.getByText('You are offline.').waitFor()
    await context.setOffline(false)
    await page.getByText('You are offline.').waitFor({ state: 'detached' })
    expect(visit.problems).toEqual([])
  })
})

describe('a server that goes away', () => {
  it('is told while it lasts, and forgotten when it is back', async () => {
    await using visit = await visits.open()
    const { page } = visit
    await signUp(page)
    await visits.product.suspend()
    await page.getByText('Reconnecting…').waitFor()
    await visits.product.resume()
    await page.getByText('Reconnecting…').waitFor({ state: 'detached', timeout: 40_000 })
    expect(visit.problems).toEqual([])
  })
})
