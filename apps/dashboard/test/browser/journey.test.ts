import { describe, expect, it } from 'vitest'
import { composeMail } from '../fixture/mail.ts'
import { connectMailbox, signUp } from '../fixture/person.ts'
import { requestSync } from '../fixture/product.ts'
import { setUpProduct } from '../fixture/visits.ts'

const visits = setUpProduct()

describe('a person with a mailbox', () => {
  it('signs up, connects it, sees it synced, reads a message, and disconnects it', async () => {
    const { product } = visits
    const mailbox = 'hello@example.com'
    for (let index = 1; index <= 30; index += 1) {
      const date = new Date(Date.UTC(2026, 0, index, 9))
      await product.dovecot.deliver(
        mailbox,
        composeMail({ from: 'Support <support@example.org>', subject: `Ticket ${index}`, text: `Text ${index}\n> quoted ${index}`, date }),
      )
    }
    await product.dovecot.deliver(
      mailbox,
      composeMail({ from: 'billing@example.org', subject: 'An old invoice', text: 'Paid.' }),
      'Archive',
    )
    await using visit = await visits.open()
    const { page } = visit
    await signUp(page)
    await page.getByRole('heading', { name: 'Connect your first mailbox' }).waitFor()

    await connectMailbox(page, product, { email: mailbox, name: 'Example Studio' })
    const main = page.getByRole('main')
    await main.getByText('Default', { exact: true }).waitFor()
    await main.getByText(/^Synced/u).waitFor()

    await main.getByRole('link', { name: mailbox }).click()
    await page.getByRole('heading', { level: 1, name: 'Inbox' }).waitFor()
    const list = page.getByRole('list', { name: 'Inbox' })
    await list.getByRole('link').first().waitFor()
    expect(await list.getByRole('link').count()).toBe(30)
    await list.getByRole('link', { name: /Ticket 17/u }).click()
    const article = page.getByRole('article')
    await article.getByText('Text 17').waitFor()
    expect(await article.getByText('quoted 17').textContent()).not.toContain('>')

    await page
      .getByRole('navigation')
      .getByRole('link', { name: /^Archive/u })
      .click()
    await page.getByRole('link', { name: /An old invoice/u }).waitFor()

    await page.getByRole('navigation').getByRole('link', { name: 'Accounts', exact: true }).click()
    await page.getByRole('button', { name: `Actions for ${mailbox}` }).click()
    await page.getByRole('menuitem', { name: 'Disconnect…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click()
    await page.getByRole('heading', { name: 'Connect your first mailbox' }).waitFor()
    expect(visit.problems).toEqual([])
  })

  it('sees new mail arrive without loading the page again', async () => {
    const { product } = visits
    const mailbox = 'live@example.com'
    await product.dovecot.deliver(mailbox, composeMail({ from: 'a@example.org', subject: 'The first one', text: 'One.' }))
    await using visit = await visits.open()
    const { page } = visit
    await signUp(page)
    await connectMailbox(page, product, { email: mailbox })
    await page
      .getByRole('main')
      .getByText(/^Synced/u)
      .waitFor()
    await page.getByRole('main').getByRole('link', { name: mailbox }).click()
    await page.getByRole('link', { name: /The first one/u }).waitFor()
    await product.dovecot.deliver(mailbox, composeMail({ from: 'a@example.org', subject: 'The second one', text: 'Two.' }))
    await requestSync(product, mailbox)
    await page.getByRole('link', { name: /The second one/u }).waitFor()
    expect(visit.problems).toEqual([])
  })
})
