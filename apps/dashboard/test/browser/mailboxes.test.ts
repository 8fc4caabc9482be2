import { newId, publishLiveNotice } from '@maildock/db'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { findAccessibilityViolations } from '../fixture/axe.ts'
import type { StorageState, Theme, Width } from '../fixture/browser.ts'
import { connectMailbox, fillConnectForm, signUp, submitConnectForm } from '../fixture/person.ts'
import { stagedVerify, WORKING_HOST } from '../fixture/staged-verify.ts'
import { setUpProduct } from '../fixture/visits.ts'

const visits = setUpProduct({ verify: stagedVerify, worker: false })
const HOSTS = { imapHost: WORKING_HOST, imapPort: 993, smtpHost: WORKING_HOST, smtpPort: 587 }

let person: StorageState
let account: { readonly id: string; readonly userId: string }

/** One person with one account, whose mailboxes are as a sync would have left them: Junk cannot be read. */
beforeAll(async () => {
  await using visit = await visits.open()
  await signUp(visit.page)
  await connectMailbox(visit.page, visits.product, { email: 'hello@example.com', ...HOSTS })
  account = await visits.product.database.prisma.account.findFirstOrThrow({ where: { email: 'hello@example.com' } })
  const mailboxes = [
    ['INBOX', '\\Inbox'],
    ['Newsletters', null],
    ['Customers/A name that is longer than any telephone is wide, and then some', null],
  ] as const
  await visits.product.database.prisma.mailbox.createMany({
    data: mailboxes.map(([path, specialUse], syncOrder) => ({
      accountId: account.id,
      id: newId(),
      path,
      delimiter: '/',
      specialUse,
      syncOrder,
    })),
  })
  person = await visit.context.storageState()
})

const readMailbox = async (path: string) =>
  visits.product.database.prisma.mailbox.findFirstOrThrow({ where: { accountId: account.id, path } })
const readAccount = async (email: string) => visits.product.database.prisma.account.findFirstOrThrow({ where: { email } })

async function setTrouble(path: string, errorCode: string | null): Promise<void> {
  const { database } = visits.product
  await database.prisma.mailbox.updateMany({ where: { accountId: account.id, path }, data: { errorCode } })
  await publishLiveNotice(database.pool, { kind: 'progress', userId: account.userId, accountId: account.id })
}

const openEdit = async (page: Page): Promise<void> => {
  await page.goto(`/accounts/${account.id}/edit`)
  await page.getByRole('switch', { name: 'Synchronise Newsletters' }).waitFor()
}

describe('a mailbox', () => {
  it('is left out and taken in again by its switch, also with the keyboard', async () => {
    await using visit = await visits.open({ storageState: person })
    const { page } = visit
    await openEdit(page)
    const toggle = page.getByRole('switch', { name: 'Synchronise Newsletters' })
    await toggle.click()
    await page.getByText('Left out.', { exact: true }).waitFor()
    expect(await readMailbox('Newsletters')).toMatchObject({ synced: false })
    await page.goto(`/accounts/${account.id}`)
    await page.getByRole('navigation').getByRole('link', { name: 'Newsletters Left out' }).waitFor()
    await openEdit(page)
    await toggle.focus()
    await page.keyboard.press('Space')
    await page.getByText('Left out.', { exact: true }).waitFor({ state: 'detached' })
    expect(await readMailbox('Newsletters')).toMatchObject({ synced: true })
    expect(visit.problems).toEqual([])
  })

  it('that is the inbox cannot be left out', async () => {
    await using visit = await visits.open({ storageState: person })
    await openEdit(visit.page)
    const inbox = visit.page.getByRole('switch', { name: 'Synchronise Inbox' })
    expect(await inbox.isDisabled()).toBe(true)
    expect(await inbox.isChecked()).toBe(true)
  })

  it('that cannot be read is named in the overview, live, with its code, until it can', async () => {
    await using visit = await visits.open({ storageState: person })
    const { page } = visit
    await page.goto('/')
    const row = page.getByRole('main').getByRole('listitem').filter({ hasText: 'hello@example.com' })
    await row.waitFor()
    await setTrouble('Newsletters', 'sync.permission_denied')
    await row.getByText('One mailbox cannot be read').waitFor()
    await row.getByText('sync.permission_denied').waitFor()
    await row.getByRole('link', { name: 'Choose mailboxes' }).click()
    await page.getByText(/does not permit access to this mailbox.*\(sync\.permission_denied\)/u).waitFor()
    await page.goto('/')
    await row.getByText('One mailbox cannot be read').waitFor()
    await setTrouble('Newsletters', null)
    await row.getByText('One mailbox cannot be read').waitFor({ state: 'detached' })
    expect(visit.problems).toEqual([])
  })
})

describe('the start of the sync', () => {
  it('is chosen when connecting, moved later, and given up', async () => {
    await using visit = await visits.open({ storageState: person })
    const { page } = visit
    const email = 'window@example.com'
    await fillConnectForm(page, visits.product, { email, ...HOSTS })
    await page.getByLabel('Synchronise since').fill('2026-01-15')
    await submitConnectForm(page)
    await page.getByRole('main').getByRole('link', { name: email }).waitFor()
    const { id, syncFrom } = await readAccount(email)
    expect(syncFrom).toEqual(new Date('2026-01-15T00:00'))

    await page.goto(`/accounts/${id}/edit`)
    const field = page.getByLabel('Synchronise since')
    const save = page.getByRole('region', { name: 'How much mail' }).getByRole('button', { name: 'Save' })
    expect(await field.inputValue()).toBe('2026-01-15')
    expect(await save.isDisabled()).toBe(true)
    await field.fill('2999-01-01')
    await page.getByText('The date must not be in the future').waitFor()
    expect(await save.isDisabled()).toBe(true)
    await field.fill('')
    await save.click()
    await page.getByText('The start of the sync is saved.').waitFor()
    expect((await readAccount(email)).syncFrom).toBeNull()
    expect(visit.problems).toEqual([])
  })
})

const looks = (['wide', 'phone'] as const).flatMap((width) => (['light', 'dark'] as const).map((theme) => [width, theme] as const))

describe.each(looks)('on a %s screen, %s', (width: Width, theme: Theme) => {
  it.each(['/', 'edit'])('trouble and choice can be read and used by everybody: %s', async (place) => {
    await setTrouble('Newsletters', 'sync.permission_denied')
    await using visit = await visits.open({ width, theme, storageState: person })
    const { page } = visit
    await (place === 'edit' ? openEdit(page) : page.goto(place))
    await page.getByText('sync.permission_denied').first().waitFor()
    expect(await findAccessibilityViolations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
    expect(visit.problems).toEqual([])
  })
})
