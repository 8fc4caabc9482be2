import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findAccessibilityViolations } from '../fixture/axe.ts'
import type { StorageState, Theme, Visit, Width } from '../fixture/browser.ts'
import { announce, connectStagedAccount, listMessage, stageMailbox, storeBody, type AccountKey } from '../fixture/staged-mailbox.ts'
import { stagedVerify } from '../fixture/staged-verify.ts'
import { setUpProduct } from '../fixture/visits.ts'

const visits = setUpProduct({ verify: stagedVerify, worker: false })
const SCREENS = fileURLToPath(new URL('../../../../test-output/screens/', import.meta.url))
const TEXT = 'Hello,\n\nthe import is through. Nothing was skipped.\n\nKind regards\nSupport\n\n> Is it through?'
const ON_ITS_WAY = 'The text is on its way from the mail server.'

let person: StorageState
let account: AccountKey
let inbox: string
let pending: string

beforeAll(async () => {
  await mkdir(SCREENS, { recursive: true })
  ;({ person, account } = await connectStagedAccount(visits, 'hello@example.com'))
  inbox = await stageMailbox(visits.product, account, 'INBOX', { specialUse: '\\Inbox' })
})

/** Before each test an account is synchronised, and has one message that is listed by its header alone. */
beforeEach(async () => {
  const { product } = visits
  const { prisma } = product.database
  await prisma.account.update({
    where: { id: account.id },
    data: { syncStatus: 'syncing', lastSyncedAt: null, syncErrorCode: null, syncErrorMessage: null, syncErrorSince: null },
  })
  await prisma.mailbox.updateMany({ where: { accountId: account.id }, data: { synced: true, errorCode: null } })
  await prisma.message.deleteMany({ where: { accountId: account.id } })
  pending = await listMessage(product, { accountId: account.id, mailboxId: inbox }, { subject: 'The import is through' })
})

const storeText = async () => storeBody(visits.product, { accountId: account.id, messageId: pending }, { bodyState: 'stored', text: TEXT })
const changeAccount = async (data: object) => visits.product.database.prisma.account.update({ where: { id: account.id }, data })
const changeInbox = async (data: object) =>
  visits.product.database.prisma.mailbox.update({ where: { accountId_id: { accountId: account.id, id: inbox } }, data })

const article = (page: Page) => page.getByRole('article')
const row = (page: Page, subject: string | RegExp) => page.getByRole('list', { name: 'Inbox' }).getByRole('link', { name: subject })

async function openMessage({ page }: Visit): Promise<void> {
  await page.goto(`/accounts/${account.id}`)
  await row(page, /The import is through/u).click()
}

async function openPending(visit: Visit): Promise<void> {
  await openMessage(visit)
  await article(visit.page).getByText(ON_ITS_WAY).waitFor()
}

describe('a text that is on its way', () => {
  it('appears by itself when it is there, in the list too', async () => {
    await using visit = await visits.open({ storageState: person })
    await openPending(visit)
    await storeText()
    await announce(visits.product, account, 'messages')
    await article(visit.page).getByText('Nothing was skipped.').waitFor()
    expect(await article(visit.page).getByText(ON_ITS_WAY).count()).toBe(0)
    await row(visit.page, /the import is through\. Nothing was skipped/u).waitFor()
    expect(visit.problems).toEqual([])
  })

  it('appears at the end of the pass, if it was not announced by itself', async () => {
    await using visit = await visits.open({ storageState: person })
    await openPending(visit)
    await storeText()
    await changeAccount({ syncStatus: 'synced', lastSyncedAt: new Date() })
    await announce(visits.product, account, 'account')
    await article(visit.page).getByText('Nothing was skipped.').waitFor()
    expect(visit.problems).toEqual([])
  })

  it('appears after the connection was lost meanwhile', async () => {
    await using visit = await visits.open({ storageState: person })
    await openPending(visit)
    await visits.product.suspend()
    await visit.page.getByText('Reconnecting…').waitFor()
    await storeText()
    await announce(visits.product, account, 'messages')
    await visits.product.resume()
    await article(visit.page).getByText('Nothing was skipped.').waitFor({ timeout: 40_000 })
    expect(visit.problems).toEqual([])
  })

  it('leaves the row in the list as high as any other', async () => {
    const other = await listMessage(visits.product, { accountId: account.id, mailboxId: inbox }, { subject: 'With its text' })
    await storeBody(visits.product, { accountId: account.id, messageId: other }, { bodyState: 'stored', text: 'The first words.' })
    await using visit = await visits.open({ storageState: person })
    await visit.page.goto(`/accounts/${account.id}`)
    await row(visit.page, /With its text.*The first words\./u).waitFor()
    const heights = await Promise.all(
      [/With its text/u, /The import is through/u].map(async (subject) => (await row(visit.page, subject).boundingBox())?.height),
    )
    expect(heights[1]).toBe(heights[0])
    expect(visit.problems).toEqual([])
  })
})

interface Scene {
  readonly name: string
  readonly stage: () => Promise<unknown>
  /** Opens the message; left out: from the list. */
  readonly open?: (visit: Visit) => Promise<void>
  readonly says: string | RegExp
}

const body = (bodyState: 'stored' | 'too_large' | 'unparsable', text?: string) => async () =>
  storeBody(visits.product, { accountId: account.id, messageId: pending }, { bodyState, ...(text === undefined ? {} : { text }) })

const GET = /\/api\/trpc\/messages\.get/u

const scenes: readonly Scene[] = [
  { name: 'full', stage: body('stored', TEXT), says: /Nothing was skipped\./u },
  {
    name: 'loading',
    stage: async () => undefined,
    open: async (visit) => {
      await visit.page.route(GET, () => undefined)
      await openMessage(visit)
    },
    says: 'Loading the message…',
  },
  {
    name: 'failed',
    stage: async () => undefined,
    open: async (visit) => {
      await visit.page.route(GET, (route) => route.abort())
      await openMessage(visit)
    },
    says: 'The message could not be loaded',
  },
  { name: 'arriving', stage: async () => undefined, says: ON_ITS_WAY },
  {
    name: 'withheld',
    stage: async () => changeAccount({ syncStatus: 'synced', lastSyncedAt: new Date() }),
    says: /The mail server has not handed it over so far/u,
  },
  {
    name: 'account-error',
    stage: async () =>
      changeAccount({ syncStatus: 'error', syncErrorCode: 'host.timeout', syncErrorMessage: 'No answer.', syncErrorSince: new Date() }),
    says: /The account cannot be synchronised at the moment/u,
  },
  {
    name: 'mailbox-error',
    stage: async () => changeInbox({ errorCode: 'sync.permission_denied' }),
    says: /The mailbox of this message cannot be read at the moment/u,
  },
  { name: 'left-out', stage: async () => changeInbox({ synced: false }), says: /is left out of the sync\. Once it is taken in again/u },
  {
    name: 'gone',
    stage: async () => visits.product.database.prisma.placement.deleteMany({ where: { accountId: account.id } }),
    open: async ({ page }) => {
      await page.goto(`/accounts/${account.id}/messages/${pending}`)
    },
    says: /The message left its mailbox before that/u,
  },
  { name: 'no-text', stage: body('stored'), says: /The message is empty/u },
  {
    name: 'given-up',
    stage: async () => {
      await body('too_large')()
      await visits.product.database.prisma.message.updateMany({ where: { id: pending }, data: { sizeOctets: 61_000_000 } })
    },
    says: /larger than what is stored, .* Its size is 61 MB\./u,
  },
  { name: 'unparsable', stage: body('unparsable'), says: /is not built as mail should be/u },
]

/** Each width and each theme once: what is shown here is made of parts that appearance.test.ts looks at in all four. */
const looks = [
  ['wide', 'light'],
  ['phone', 'dark'],
] as const

describe.each(looks)('on a %s screen, %s', (width: Width, theme: Theme) => {
  it.each(scenes)('a message shows how much of it there is: $name', async ({ name, stage, open = openMessage, says }) => {
    await stage()
    await using visit = await visits.open({ width, theme, storageState: person })
    const { page } = visit
    await open(visit)
    await page.getByRole('region', { name: 'Message', exact: true }).getByText(says).waitFor({ state: 'attached' })
    await page.evaluate(() => document.fonts.ready)
    await page.screenshot({ path: `${SCREENS}missing-text-${name}-${width}-${theme}.png` })
    expect(await findAccessibilityViolations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
    expect(visit.problems).toEqual([])
  })
})
