import { VERIFICATION_CODES } from '@maildock/core'
import { issueSelfSigned, startDovecot } from '@maildock/testkit'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { FAILURE_CAUSES } from '../../src/accounts/explain-failure.ts'
import { connectMailbox, fillConnectForm, submitConnectForm } from '../fixture/person.ts'
import { failingHost, SERVER_WORDS, stagedVerify, WORKING_HOST } from '../fixture/staged-verify.ts'
import { setUpProduct } from '../fixture/visits.ts'

const visits = setUpProduct({ verify: stagedVerify, worker: false })

const card = (page: Page, name: string) => page.getByRole('alert').getByRole('article').filter({ hasText: name })
const focusedField = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('name'))

describe('a server that fails', () => {
  it.each(VERIFICATION_CODES)('%s: says what it means and what to do, and puts the focus where to look', async (code) => {
    await using visit = await visits.openSignedIn()
    const { page } = visit
    const email = `hello@${code.replaceAll(/[._]/gu, '-')}.example`
    const smtp = code === 'smtp.authentication_failed'
    const [imapHost, smtpHost] = smtp ? [WORKING_HOST, failingHost(code)] : [failingHost(code), WORKING_HOST]
    await fillConnectForm(page, visits.product, { email, imapHost, smtpHost })
    await submitConnectForm(page)
    const failed = card(page, smtp ? 'Outgoing mail (SMTP)' : 'Incoming mail (IMAP)')
    const { title, meaning, steps } = FAILURE_CAUSES[code]
    for (const words of [title, meaning, ...steps, `What to do about ${code}.`, SERVER_WORDS]) await failed.getByText(words).waitFor()
    await card(page, smtp ? 'Incoming mail (IMAP)' : 'Outgoing mail (SMTP)')
      .getByText('Works', { exact: true })
      .waitFor()
    expect(await focusedField(page)).toMatch(smtp ? /^(?:password|smtp)/u : /^(?:username|password|imap)/u)
    expect(await page.locator('[aria-invalid="true"]').count()).toBe(1)
    expect(visit.problems).toEqual([])
  })

  it('is told beside the other one when both fail, and each leads to its field', async () => {
    await using visit = await visits.openSignedIn()
    const { page } = visit
    const hosts = { imapHost: failingHost('host.not_found'), smtpHost: failingHost('tls.certificate_invalid') }
    await fillConnectForm(page, visits.product, { email: 'hello@both.example', ...hosts })
    await submitConnectForm(page)
    await card(page, 'Incoming mail (IMAP)').getByText('This server name cannot be used').waitFor()
    await card(page, 'Outgoing mail (SMTP)').getByText('The certificate is not valid for this name').waitFor()
    expect(await focusedField(page)).toBe('imapHost')
    await page.getByRole('button', { name: 'Go to SMTP server' }).click()
    expect(await focusedField(page)).toBe('smtpHost')
  })
})

describe('real servers', () => {
  it('refuse a wrong password at both, and take the right one', async () => {
    await using visit = await visits.openSignedIn()
    const { page } = visit
    await fillConnectForm(page, visits.product, { email: 'hello@example.com', password: 'not it' })
    await submitConnectForm(page)
    await card(page, 'Incoming mail (IMAP)').getByText('User name or password refused').waitFor()
    await card(page, 'Outgoing mail (SMTP)').getByText('User name or password refused').waitFor()
    expect(await focusedField(page)).toBe('password')
    await page.getByLabel('Password', { exact: true }).fill(visits.product.dovecot.password)
    await submitConnectForm(page)
    await page.getByRole('main').getByRole('link', { name: 'hello@example.com' }).waitFor()
    expect(visit.problems).toEqual([])
  })

  it('that are swapped, closed, or prove nothing, are told apart', async () => {
    const { product } = visits
    await using stranger = await startDovecot({ certificate: await issueSelfSigned({ names: ['localhost'] }) })
    await using visit = await visits.openSignedIn()
    const { page } = visit
    const email = 'hello@example.org'
    const tried = [
      [{ imapPort: product.postfix.submissionsPort }, 'Something else answers there'],
      [{ imapPort: 1 + 1023 }, 'Nothing answers on this port'],
      [{ imapPort: stranger.imapsPort }, 'The certificate is not valid for this name'],
      [{ imapHost: 'no-such-host.invalid' }, 'This server name cannot be used'],
    ] as const
    for (const [changes, title] of tried) {
      await fillConnectForm(page, product, { email, ...changes })
      await submitConnectForm(page)
      await card(page, 'Incoming mail (IMAP)').getByText(title).waitFor()
    }
    expect(visit.problems).toEqual([])
  })
})

describe('the form', () => {
  it('fills in the servers of a known provider and tells about its app password first', async () => {
    await using visit = await visits.openSignedIn()
    const { page } = visit
    await page.goto('/connect')
    await page.getByLabel('E-mail address').fill('hello@gmail.com')
    await page.getByText('Gmail needs an app password').waitFor()
    await page.getByLabel('App password').waitFor()
    await page.getByText('imap.gmail.com:993').waitFor()
    await page.getByRole('button', { name: 'Change' }).click()
    expect(await page.getByRole('group', { name: 'Outgoing mail (SMTP)' }).getByLabel('Server').inputValue()).toBe('smtp.gmail.com')
  })

  it('does not overwrite a server that was typed by hand', async () => {
    await using visit = await visits.openSignedIn()
    const { page } = visit
    await page.goto('/connect')
    const server = page.getByRole('group', { name: 'Incoming mail (IMAP)' }).getByLabel('Server')
    await server.fill('mail.example.net')
    await page.getByLabel('E-mail address').fill('hello@example.com')
    const smtp = page.getByRole('group', { name: 'Outgoing mail (SMTP)' }).getByLabel('Server')
    await expect.poll(() => smtp.inputValue()).toBe('smtp.example.com')
    expect(await server.inputValue()).toBe('mail.example.net')
  })

  it('says beside each field what is wrong with it, before anything is sent', async () => {
    await using visit = await visits.openSignedIn()
    const { page } = visit
    const sent: string[] = []
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()))
    await page.goto('/connect')
    await submitConnectForm(page)
    await page.getByText('Enter the password.').waitFor()
    expect(await focusedField(page)).toBe('email')
    expect(sent).toEqual([])
  })

  it('points at the address that is connected already', async () => {
    await using visit = await visits.openSignedIn()
    const { page } = visit
    const settings = { email: 'hello@twice.example', imapHost: WORKING_HOST, smtpHost: WORKING_HOST }
    await connectMailbox(page, visits.product, settings)
    await fillConnectForm(page, visits.product, { ...settings, email: 'HELLO@twice.example' })
    await submitConnectForm(page)
    await page.getByText('This email address is already connected.').waitFor()
    expect(await focusedField(page)).toBe('email')
  })

  it('shows a password only while asked to', async () => {
    await using visit = await visits.openSignedIn()
    const { page } = visit
    await page.goto('/connect')
    const password = page.getByLabel('Password', { exact: true })
    expect(await password.getAttribute('type')).toBe('password')
    await page.getByRole('button', { name: 'Show password' }).click()
    expect(await password.getAttribute('type')).toBe('text')
    await page.getByRole('button', { name: 'Hide password' }).click()
    expect(await password.getAttribute('type')).toBe('password')
  })
})
