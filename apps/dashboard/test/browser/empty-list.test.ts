import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findAccessibilityViolations } from '../fixture/axe.ts'
import type { StorageState, Theme, Visit, Width } from '../fixture/browser.ts'
import { announce, connectStagedAccount, listMessage, stageMailbox, type AccountKey } from '../fixture/staged-mailbox.ts'
import { stagedVerify } from '../fixture/staged-verify.ts'
import { setUpProduct } from '../fixture/visits.ts'

const visits = setUpProduct({ verify: stagedVerify, worker: false })
const SCREENS = fileURLToPath(new URL('../../../../test-output/screens/', import.meta.url))

let person: StorageState
let account: AccountKey
let inbox: string
let newsletters: string

beforeAll(async () => {
  await mkdir(SCREENS, { recursive: true })
  ;({ person, account } = await connectStagedAccount(visits, 'hello@example.com'))
  inbox = await stageMailbox(visits.product, account, 'INBOX', { specialUse: '\\Inbox' })
  newsletters = await stageMailbox(visits.product, account, 'Newsletters')
})

const NO_ERROR = { syncErrorCode: null, syncErrorMessage: null, syncErrorSince: null }
const REFUSED = { syncErrorCode: 'imap.authentication_failed', syncErrorMessage: 'The IMAP server refused this user name and password.' }

/** Before each test everything is synced, and there is nothing. */
beforeEach(async () => {
  const { prisma } = visits.product.database
  await prisma.account.update({
    where: { id: account.id },
    data: { syncStatus: 'synced', lastSyncedAt: new Date(), syncFrom: null, ...NO_ERROR },
  })
  await prisma.mailbox.updateMany({
    where: { accountId: account.id },
    data: { synced: true, errorCode: null, messagesDone: 0, messagesExpected: 0 },
  })
  await prisma.message.deleteMany({ where: { accountId: account.id } })
})

const changeAccount = async (data: object) => visits.product.database.prisma.account.update({ where: { id: account.id }, data })
const changeMailbox = async (id: string, data: object) =>
  visits.product.database.prisma.mailbox.update({ where: { accountId_id: { accountId: account.id, id } }, data })

interface Scene {
  readonly name: string
  readonly stage: () => Promise<unknown>
  readonly mailbox: () => string
  /** Titles, and parts of what is said beneath. */
  readonly says: readonly (string | RegExp)[]
}

const scenes: readonly Scene[] = [
  {
    name: 'left-out',
    stage: async () => changeMailbox(newsletters, { synced: false }),
    mailbox: () => newsletters,
    says: ['Newsletters is left out of the sync'],
  },
  {
    name: 'window',
    stage: async () => changeAccount({ syncFrom: new Date('2026-01-15T00:00') }),
    mailbox: () => inbox,
    says: ['Nothing since 15 January 2026'],
  },
  {
    name: 'first-sync',
    stage: async () => {
      await changeAccount({ syncStatus: 'syncing', lastSyncedAt: null })
      await changeMailbox(inbox, { messagesExpected: 1_200 })
    },
    mailbox: () => inbox,
    says: ['Mail is on its way', '1,200 messages are still to come'],
  },
  {
    name: 'not-begun',
    stage: async () => changeAccount({ syncStatus: 'pending', lastSyncedAt: null }),
    mailbox: () => inbox,
    says: ['Mail is on its way', 'The first sync brings the inbox first'],
  },
  {
    name: 'account-error',
    stage: async () =>
      changeAccount({ syncStatus: 'error', lastSyncedAt: new Date(Date.now() - 3 * 3_600_000), syncErrorSince: new Date(), ...REFUSED }),
    mailbox: () => inbox,
    says: ['Inbox was empty when it was last read', 'That was 3 h ago.', 'The sign-in is no longer accepted'],
  },
  {
    name: 'mailbox-error',
    stage: async () => changeMailbox(newsletters, { errorCode: 'sync.permission_denied' }),
    mailbox: () => newsletters,
    says: ['Newsletters cannot be read at the moment', /It is tried again with the next sync\./u, 'sync.permission_denied'],
  },
  { name: 'empty', stage: async () => undefined, mailbox: () => inbox, says: ['Inbox is empty', 'New mail appears here by itself.'] },
  {
    name: 'no-mailbox',
    stage: async () => undefined,
    mailbox: () => '01900000-0000-7000-8000-0000000000ff',
    says: ['This mailbox is not there any more'],
  },
]

/** Opens a mailbox that is empty, and waits until it has said why. */
async function openEmpty({ page }: Visit, { stage, mailbox, says }: Scene): Promise<void> {
  await stage()
  await page.goto(`/accounts/${account.id}?mailbox=${mailbox()}`)
  for (const words of says) await page.getByRole('region', { name: 'Messages' }).getByText(words).waitFor()
}

const open = async () => visits.open({ storageState: person })
const find = (name: string): Scene => {
  const scene = scenes.find((candidate) => candidate.name === name)
  if (scene === undefined) throw new Error(`There is no scene ${name}.`)
  return scene
}

/** Waits until an element is in sight, however the page got there. */
async function expectInSight(page: Page, name: string): Promise<void> {
  const section = page.getByRole('region', { name })
  await section.waitFor()
  await expect
    .poll(async () =>
      section.evaluate((element) => {
        const { top, bottom } = element.getBoundingClientRect()
        return top >= 0 && Math.min(bottom, top + 100) <= window.innerHeight
      }),
    )
    .toBe(true)
}

describe('an empty list', () => {
  it('of a mailbox that is left out leads to its switch, and says something else once it is taken in', async () => {
    await using visit = await open()
    const { page } = visit
    await openEmpty(visit, find('left-out'))
    await page.getByRole('link', { name: 'Choose mailboxes' }).click()
    await expectInSight(page, 'Mailboxes')
    await page.getByRole('switch', { name: 'Synchronise Newsletters' }).click()
    await expect.poll(async () => page.getByRole('switch', { name: 'Synchronise Newsletters' }).isChecked()).toBe(true)
    await page.goBack()
    await page.getByText('Newsletters is empty').waitFor()
    expect(visit.problems).toEqual([])
  })

  it('of an account with a window leads to the day', async () => {
    await using visit = await open()
    const { page } = visit
    await openEmpty(visit, find('window'))
    await page.getByRole('link', { name: 'Change the day' }).click()
    await expectInSight(page, 'How much mail')
    expect(await page.getByLabel('Synchronise since').inputValue()).toBe('2026-01-15')
    expect(visit.problems).toEqual([])
  })

  it('of a mailbox that is gone leads to the inbox', async () => {
    await using visit = await open()
    await openEmpty(visit, find('no-mailbox'))
    await visit.page.getByRole('link', { name: 'Open the inbox' }).click()
    await visit.page.getByText('Inbox is empty').waitFor()
    expect(visit.problems).toEqual([])
  })

  it('gives way to the first mail', async () => {
    const { product } = visits
    await using visit = await open()
    const { page } = visit
    await openEmpty(visit, find('first-sync'))
    await listMessage(product, { accountId: account.id, mailboxId: inbox }, { subject: 'The first of many' })
    await announce(product, account, 'messages')
    await page.getByRole('link', { name: /The first of many/u }).waitFor()
    expect(visit.problems).toEqual([])
  })

  it('tells live that the mailbox cannot be read', async () => {
    const { product } = visits
    await using visit = await open()
    await openEmpty(visit, { ...find('empty'), mailbox: () => newsletters, says: ['Newsletters is empty'] })
    await changeMailbox(newsletters, { errorCode: 'sync.permission_denied' })
    await announce(product, account, 'progress')
    await visit.page.getByText('Newsletters cannot be read at the moment').waitFor()
    expect(visit.problems).toEqual([])
  })
})

/** Each width and each theme once: what is shown here is made of parts that appearance.test.ts looks at in all four. */
const looks = [
  ['wide', 'light'],
  ['phone', 'dark'],
] as const

describe.each(looks)('on a %s screen, %s', (width: Width, theme: Theme) => {
  it.each(scenes)('an empty list says why to everybody: $name', async (scene) => {
    await using visit = await visits.open({ width, theme, storageState: person })
    const { page } = visit
    await openEmpty(visit, scene)
    await page.evaluate(() => document.fonts.ready)
    await page.screenshot({ path: `${SCREENS}empty-list-${scene.name}-${width}-${theme}.png` })
    expect(await findAccessibilityViolations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
    expect(visit.problems).toEqual([])
  })
})
