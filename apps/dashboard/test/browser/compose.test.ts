import { randomUUID } from 'node:crypto'
import { extractAttachments, parseMessage } from '@maildock/mail'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { findAccessibilityViolations } from '../fixture/axe.ts'
import type { StorageState, Theme, Width } from '../fixture/browser.ts'
import { composeMail } from '../fixture/mail.ts'
import { connectMailbox, signUp } from '../fixture/person.ts'
import { setUpProduct } from '../fixture/visits.ts'

const visits = setUpProduct()
const ADDRESS = 'hello@example.com'
const FRIEND = 'friend@example.com'
let person: StorageState

/** One person with a mailbox and a message in it. */
beforeAll(async () => {
  const { product } = visits
  await product.dovecot.deliver(
    ADDRESS,
    composeMail({
      from: `Friend <${FRIEND}>`,
      to: `${ADDRESS}, Third <third@example.com>`,
      subject: 'Re: Plans',
      text: 'First\n> older\n\n<b>not bold</b>',
      attachments: ['plan.bin'],
    }),
  )
  await using visit = await visits.open()
  await signUp(visit.page)
  await connectMailbox(visit.page, product, { email: ADDRESS, name: 'Example Studio' })
  await visit.page
    .getByRole('main')
    .getByText(/^Synced/u)
    .waitFor()
  person = await visit.context.storageState()
})

const open = async (path: string, looks: { readonly theme?: Theme; readonly width?: Width } = {}) => {
  const visit = await visits.open({ ...looks, storageState: person })
  await visit.page.goto(path)
  return visit
}

const check = async (page: Page) => {
  expect(await findAccessibilityViolations(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
}

const editor = (page: Page) => page.getByRole('textbox', { name: 'Message' })
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })

/** What a field is described by, as a screen reader tells it. */
const readDescription = async (element: Locator) =>
  element.evaluate((input) => document.querySelector(`[id="${input.getAttribute('aria-describedby') ?? ''}"]`)?.textContent)

/** Everything that arrived for somebody, as the mail server has it. */
async function readArrived(subject: string, mailbox = FRIEND): Promise<Buffer> {
  const { dovecot } = visits.product
  await expect
    .poll(
      async () => (await dovecot.doveadm('-f', 'tab', 'fetch', '-u', mailbox, 'uid', 'SUBJECT', subject)).trim().split('\n').length - 1,
      {
        timeout: 60_000,
      },
    )
    .toBe(1)
  const output = await dovecot.doveadm('-f', 'json', 'fetch', '-u', mailbox, 'text', 'SUBJECT', subject)
  const [message] = JSON.parse(output) as { text: string }[]
  return Buffer.from((message?.text ?? '').replaceAll(/\r?\n/gu, '\r\n'))
}

async function addFile(page: Page, name: string, content: Buffer): Promise<void> {
  await page.getByLabel('Files to attach').setInputFiles({ name, mimeType: 'text/plain', buffer: content })
  await page.getByRole('list', { name: 'Files' }).getByText(name).waitFor()
}

const openMessage = async (page: Page) => {
  await page.goto('/')
  await page.getByRole('main').getByRole('link', { name: ADDRESS }).click()
  await page.getByRole('list', { name: 'Inbox' }).getByRole('link', { name: /Plans/u }).click()
  await page.getByRole('article').getByRole('link', { name: 'Reply', exact: true }).waitFor()
}

describe('a message', () => {
  it('is written, formatted, given a file, and arrives as it was written; a copy is in Sent', async () => {
    await using visit = await open('/')
    const { page } = visit
    const subject = `Written ${randomUUID().slice(0, 8)}`
    await page.getByRole('heading', { level: 1, name: 'Accounts' }).waitFor()
    await page.keyboard.press('n')
    await field(page, 'To').fill(`Friend <${FRIEND}>`)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Cc and Bcc' }).click()
    await field(page, 'Bcc').fill('hidden@example.com,')
    await field(page, 'Subject').fill(subject)
    await editor(page).click()
    await page.getByRole('button', { name: 'Bold' }).click()
    await page.keyboard.type('Dear friend,')
    await page.getByRole('button', { name: 'Bold' }).click()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Bulleted list' }).click()
    await page.keyboard.type('one')
    await addFile(page, 'note.txt', Buffer.from('from a file'))
    await page.getByRole('progressbar').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+Enter')
    await page.getByRole('heading', { level: 1, name: 'Outbox' }).waitFor()
    const arrived = await readArrived(subject)
    const { text, html, from, to, bcc } = parseMessage(arrived)
    expect([text?.trim(), html?.trim(), from, to, bcc]).toEqual([
      'Dear friend,\n\n- one',
      '<p><strong>Dear friend,</strong></p><ul><li><p>one</p></li></ul>',
      [{ name: 'Example Studio', address: ADDRESS }],
      [{ name: 'Friend', address: FRIEND }],
      [],
    ])
    expect(extractAttachments(arrived)).toMatchObject([{ filename: 'note.txt', content: Buffer.from('from a file') }])
    const copy = parseMessage(await readArrived(subject, ADDRESS))
    expect(copy.bcc).toEqual([{ name: null, address: 'hidden@example.com' }])
    expect(visit.problems).toEqual([])
  })

  it('keeps of what is pasted the form it knows, and nothing that runs or is styled', async () => {
    await using visit = await open('/compose')
    const { page } = visit
    await editor(page).click()
    await editor(page).evaluate((element) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData(
        'text/html',
        '<style>p{color:red}</style><p style="color:red" onclick="go()">Plain and <b>bold</b> <a href="javascript:go()">no</a> <a href="https://example.com/">yes</a><img src="https://example.com/x.png"></p>',
      )
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    })
    await editor(page).getByText('Plain and').waitFor()
    const html = await editor(page).innerHTML()
    expect(html).toContain('<strong>bold</strong>')
    expect(html).toMatch(/<a [^>]*href="https:\/\/example\.com\/"/u)
    expect(html).not.toMatch(/javascript|style=|onclick|<img src/u)
    expect(visit.problems).toEqual([])
  })

  it('is taken back by undo, and everything is there again', async () => {
    await using visit = await open('/compose')
    const { page } = visit
    const subject = `Undone ${randomUUID().slice(0, 8)}`
    await field(page, 'To').fill(FRIEND)
    await field(page, 'Subject').fill(subject)
    await editor(page).fill('Too early')
    await addFile(page, 'early.txt', Buffer.from('early'))
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Draft' }).waitFor()
    expect([await field(page, 'Subject').inputValue(), await editor(page).textContent()]).toEqual([subject, 'Too early'])
    await page.getByRole('listitem').filter({ hasText: FRIEND }).waitFor()
    await page.getByRole('list', { name: 'Files' }).getByText('early.txt').waitFor()
    const { rows } = await visits.product.database.pool.query('select status from submission where subject = $1', [subject])
    expect(rows).toEqual([{ status: 'cancelled' }])
    expect(visit.problems).toEqual([])
  })

  it('says what is wrong before it is sent, and what the server says against it', async () => {
    await using visit = await open('/compose')
    const { page } = visit
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByText('Name at least one recipient.').waitFor()
    await field(page, 'To').fill(`nobody, ${FRIEND}`)
    await field(page, 'Subject').fill('Wrong')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByText('“nobody” is not an address.').waitFor()
    await check(page)
    await page.getByRole('button', { name: 'Remove nobody' }).click()
    const { id } = await visits.product.database.prisma.account.findFirstOrThrow({ where: { email: ADDRESS } })
    await visits.product.database.pool.query(
      `insert into suppression (user_id, address_key, id, address, reason) select user_id, $2, gen_random_uuid(), $2, 'manual' from account where id = $1`,
      [id, FRIEND],
    )
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('alert').getByText(`It is: ${FRIEND}.`).waitFor()
    await check(page)
    await visits.product.database.pool.query('delete from suppression')
    expect((await visits.product.database.pool.query(`select from submission where subject = 'Wrong'`)).rowCount).toBe(0)
  })
})

describe('a file', () => {
  it('that was taken away is not sent, also when nobody could tell the server at once; nor one whose upload nobody heard the end of', async () => {
    await using visit = await open('/compose')
    const { page } = visit
    // The first thing that is done, before a word is written.
    await addFile(page, 'kept.txt', Buffer.from('kept'))
    await addFile(page, 'taken.txt', Buffer.from('taken'))
    await page.getByRole('progressbar', { name: 'taken.txt' }).waitFor({ state: 'detached' })
    await page.route(/drafts\.detach/u, (route) => route.abort())
    const refused = page.waitForEvent('requestfailed')
    await page.getByRole('button', { name: 'Remove taken.txt' }).click()
    await refused
    await page.unroute(/drafts\.detach/u)
    await page.route(/drafts\.attach/u, async (route) => {
      await route.fetch()
      await route.abort()
    })
    await page.getByLabel('Files to attach').setInputFiles({ name: 'unheard.txt', mimeType: 'text/plain', buffer: Buffer.from('unheard') })
    await page.getByRole('list', { name: 'Files' }).getByRole('alert').waitFor()
    await page.unroute(/drafts\.attach/u)
    const subject = `Files ${randomUUID().slice(0, 8)}`
    await field(page, 'To').fill(FRIEND)
    await field(page, 'Subject').fill(subject)
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Outbox' }).waitFor()
    expect(extractAttachments(await readArrived(subject)).map(({ filename }) => filename)).toEqual(['kept.txt'])
  })
})

describe('a draft', () => {
  it('is kept while it is written, found again, and deleted', async () => {
    await using visit = await open('/compose')
    const { page } = visit
    const subject = `Kept ${randomUUID().slice(0, 8)}`
    await field(page, 'Subject').fill(subject)
    await editor(page).fill('Half of it')
    await page.getByText('Saved as a draft').waitFor()
    await page.reload()
    await page.goto('/drafts')
    await page.getByRole('list', { name: 'Drafts' }).getByRole('link', { name: subject }).click()
    await page.getByRole('heading', { level: 1, name: 'Draft' }).waitFor()
    expect(await editor(page).textContent()).toBe('Half of it')
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: `Delete ${subject}` }).click()
    await page.getByText(subject).waitFor({ state: 'detached' })
    expect(visit.problems).toEqual([])
  })

  it('that is written on in two places is written over in neither', async () => {
    await using visit = await open('/compose')
    const { page } = visit
    const subject = `Twice ${randomUUID().slice(0, 8)}`
    await field(page, 'Subject').fill(subject)
    await page.getByText('Saved as a draft').waitFor()
    await using other = await open('/drafts')
    await other.page.getByRole('link', { name: subject }).click()
    await editor(other.page).fill('Theirs')
    await other.page.getByText('Saved as a draft').waitFor()
    await editor(page).fill('Mine')
    await page.getByText('This draft was changed somewhere else').waitFor()
    await check(page)
    await page.getByRole('button', { name: 'Keep mine as a new draft' }).click()
    await page.getByText('Saved as a draft').waitFor()
    const { rows } = await visits.product.database.pool.query<{ html: string }>(
      `select content->>'html' as html from draft where content->>'subject' = $1`,
      [subject],
    )
    expect(new Set(rows.map(({ html }) => html))).toEqual(new Set(['<p>Theirs</p>', '<p>Mine</p>']))
  })
})

describe('an answer', () => {
  it('quotes what it answers, goes to all who have it, and belongs to its thread', async () => {
    await using visit = await open('/')
    const { page } = visit
    await openMessage(page)
    await page.keyboard.press('a')
    await page.getByRole('heading', { level: 1, name: 'Reply to all' }).waitFor()
    await page.getByRole('listitem').filter({ hasText: 'third@example.com' }).waitFor()
    await page.getByRole('listitem').filter({ hasText: FRIEND }).waitFor()
    expect(await field(page, 'Subject').inputValue()).toBe('Re: Plans')
    const subject = `Re: Plans ${randomUUID().slice(0, 8)}`
    await field(page, 'Subject').fill(subject)
    await editor(page).press('Control+Home')
    await page.keyboard.type('Agreed.')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Outbox' }).waitFor()
    const { text, html, inReplyTo } = parseMessage(await readArrived(subject))
    expect(text).toMatch(/^Agreed\.\n\nOn .* wrote:\n\n> First\n> > older\n>\n> <b>not bold<\/b>\s*$/u)
    expect(html).toContain('&lt;b&gt;not bold&lt;/b&gt;')
    expect(inReplyTo).toMatch(/^<.*@example\.com>$/u)
    expect(visit.problems).toEqual([])
  })

  it('or a forward takes the files along', async () => {
    await using visit = await open('/')
    const { page } = visit
    await openMessage(page)
    await page.getByRole('article').getByRole('link', { name: 'Forward' }).click()
    await page.getByText('The files of the forwarded message go along.').waitFor()
    await field(page, 'To').fill(FRIEND)
    const subject = `Fwd: Plans ${randomUUID().slice(0, 8)}`
    await field(page, 'Subject').fill(subject)
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Outbox' }).waitFor()
    expect(extractAttachments(await readArrived(subject))).toMatchObject([
      { filename: 'plan.bin', content: Buffer.from('plan.bin'.repeat(3_000)) },
    ])
  })
})

describe('the composer and the drafts', () => {
  it.each<[Theme, Width]>([
    ['light', 'wide'],
    ['dark', 'wide'],
    ['light', 'phone'],
    ['dark', 'phone'],
  ])('can be used by everybody: %s, %s', async (theme, width) => {
    await using visit = await open('/compose', { theme, width })
    const { page } = visit
    await field(page, 'To').fill(`Friend <${FRIEND}>, nobody, someone-with-a-very-long-address@a-domain-that-is-long.example.com,`)
    await field(page, 'Subject').fill('A subject that is so long that it does not fit into one line of a phone, nor of much else')
    await editor(page).fill('Text')
    await addFile(page, 'a-file-with-a-name-that-is-longer-than-any-phone-is-wide-and-then-some.txt', Buffer.from('x'))
    await page.getByRole('button', { name: 'Cc and Bcc' }).click()
    await page.getByText('Saved as a draft').waitFor()
    await check(page)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('“nobody” is not an address.').waitFor()
    expect(await readDescription(field(page, 'To'))).toBe('“nobody” is not an address.')
    await check(page)
    await page.getByRole('main').getByRole('link', { name: 'Drafts' }).click()
    await page.getByRole('list', { name: 'Drafts' }).waitFor()
    await check(page)
    expect(visit.problems).toEqual([])
  })

  it('say that there are no drafts, that they are loading, and what keeps them from being loaded', async () => {
    await visits.product.database.pool.query('delete from draft')
    await using visit = await open('/drafts')
    const { page } = visit
    await page.getByRole('heading', { name: 'No drafts' }).waitFor()
    await check(page)
    expect(visit.problems).toEqual([])
    const list = /\/api\/trpc\/drafts\.list/u
    await page.route(list, () => undefined)
    await page.reload()
    await page.getByText('Loading the drafts…').waitFor({ state: 'attached' })
    await check(page)
    await page.unroute(list)
    await page.route(list, (route) => route.abort())
    await page.reload()
    await page.getByText('The drafts could not be loaded').waitFor()
    await check(page)
  })
})
