import { describe, expect, it } from 'vitest'
import { makeAccount } from '../../test/fixture/account.ts'
import {
  EMPTY_ACCOUNT_FORM,
  readConnectInput,
  readUpdateInput,
  suggestServers,
  toFormValues,
  type AccountFormValues,
} from './account-form.ts'

const filled: AccountFormValues = {
  ...EMPTY_ACCOUNT_FORM,
  email: 'hello@example.com',
  password: ' kept as typed ',
  imapHost: 'imap.example.com',
  smtpHost: 'smtp.example.com',
}

describe('suggestServers', () => {
  it('takes the settings of a known provider', () => {
    expect(suggestServers('hello@icloud.com')).toMatchObject({
      imapHost: 'imap.mail.me.com',
      imapPort: '993',
      smtpPort: '587',
      smtpTls: 'starttls',
    })
  })
  it('says nothing of an address that is not complete', () => {
    expect(suggestServers('hello@')).toBeNull()
  })
})

describe('readConnectInput', () => {
  it('takes the address as user name where none is given, and leaves "automatic" out', () => {
    expect(readConnectInput(filled)).toEqual({
      ok: true,
      input: {
        email: 'hello@example.com',
        imapHost: 'imap.example.com',
        imapPort: 993,
        smtpHost: 'smtp.example.com',
        smtpPort: 587,
        username: 'hello@example.com',
        password: ' kept as typed ',
        syncFrom: null,
      },
    })
  })

  it('begins at midnight of the day that was chosen, in the time of whoever chose it', () => {
    expect(readConnectInput({ ...filled, syncFrom: '2026-01-15' })).toHaveProperty(
      'input.syncFrom',
      new Date('2026-01-15T00:00').toISOString(),
    )
  })

  it('sends a separate sign-in only where it is asked for', () => {
    const separate = { ...filled, smtpUsername: 'relay', smtpPassword: 'other' }
    expect(readConnectInput(separate)).not.toHaveProperty('input.smtpUsername')
    expect(readConnectInput({ ...separate, separateSmtpSignIn: true })).toHaveProperty('input.smtpPassword', 'other')
  })

  it.each([
    [{ email: 'hello' }, 'email'],
    [{ password: '' }, 'password'],
    [{ syncFrom: '2999-01-01' }, 'syncFrom'],
    [{ imapHost: '' }, 'imapHost'],
    [{ imapHost: 'imap.example.com/path' }, 'imapHost'],
    [{ imapPort: '' }, 'imapPort'],
    [{ smtpPort: '70000' }, 'smtpPort'],
    [{ smtpPort: '58x' }, 'smtpPort'],
    [{ password: 'a\r\nb' }, 'password'],
    [{ separateSmtpSignIn: true }, 'smtpUsername'],
  ])('refuses %o at the field %s', (changes, field) => {
    const reading = readConnectInput({ ...filled, ...changes })
    expect(reading.ok).toBe(false)
    expect(reading).toHaveProperty(`errors.${field}`)
  })
})

describe('readUpdateInput', () => {
  const account = makeAccount()
  const values = toFormValues(account)

  it('sends nothing that did not change', () => {
    expect(readUpdateInput(values, account)).toEqual({ ok: true, input: { id: account.id } })
  })

  it('sends a new password once: at the server, sending follows while it has no password of its own', () => {
    expect(readUpdateInput({ ...values, password: 'new' }, account)).toEqual({ ok: true, input: { id: account.id, password: 'new' } })
  })

  it('keeps the sign-in for sending apart where it is apart', () => {
    const apart = makeAccount({ smtpUsername: 'relay' })
    const form = toFormValues(apart)
    expect(form.separateSmtpSignIn).toBe(true)
    expect(readUpdateInput({ ...form, password: 'new' }, apart)).toEqual({ ok: true, input: { id: apart.id, password: 'new' } })
  })

  it('asks for the password again when sending goes back to the common sign-in', () => {
    const apart = makeAccount({ smtpUsername: 'relay' })
    const back = { ...toFormValues(apart), separateSmtpSignIn: false }
    expect(readUpdateInput(back, apart)).toHaveProperty('errors.password')
    expect(readUpdateInput({ ...back, password: 'new' }, apart)).toEqual({
      ok: true,
      input: { id: apart.id, password: 'new', smtpUsername: 'hello@example.com', smtpPassword: 'new' },
    })
  })

  it('sends a changed server with its encryption', () => {
    const changed = { ...values, imapHost: 'mail.example.com', imapTls: 'starttls' as const, imapPort: '143' }
    expect(readUpdateInput(changed, account)).toEqual({
      ok: true,
      input: { id: account.id, imapHost: 'mail.example.com', imapPort: 143, imapTls: 'starttls' },
    })
  })
})
