import { describe, expect, it } from 'vitest'
import type { AccountRow } from './account-row.ts'
import { needsVerification, planLogins, wantedPasswords } from './plan-logins.ts'

const row = {
  imap_host: 'imap.example.org',
  imap_port: 993,
  imap_tls: 'implicit',
  imap_username: 'me',
  smtp_host: 'smtp.example.org',
  smtp_port: 587,
  smtp_tls: 'starttls',
  smtp_username: 'me',
} as AccountRow
const stored = { imap: 'secret', smtp: null }

describe('a change that has to be verified', () => {
  it.each([{ name: 'x' }, { name: null }, { isDefault: true }, {}])('is not %j', (change) =>
    expect(needsVerification({ id: 'x', ...change })).toBe(false),
  )
  it.each([{ imapHost: 'x' }, { smtpPort: 25 }, { imapTls: 'starttls' as const }, { password: 'x' }, { smtpUsername: 'x' }])(
    'is %j',
    (change) => expect(needsVerification({ id: 'x', ...change })).toBe(true),
  )
})

describe('the logins after a change', () => {
  it('stay where nothing is named', () => {
    expect(planLogins(row, stored, { id: 'x', imapHost: 'new.example.org' })).toEqual({
      imap: { host: 'new.example.org', port: 993, tls: 'implicit', username: 'me', password: 'secret' },
      smtp: { host: 'smtp.example.org', port: 587, tls: 'starttls', username: 'me', password: 'secret' },
      passwords: { imap: undefined, smtp: undefined },
    })
  })

  it('never carry a stored password on', () => {
    const { passwords } = planLogins(row, { imap: 'secret', smtp: 'own' }, { id: 'x', imapPort: 143 })
    expect(passwords).toEqual({ imap: undefined, smtp: undefined })
  })

  it.each([
    ['follow', stored, { password: 'new' }, 'new', { imap: 'new', smtp: undefined }],
    ['stay their own', { imap: 'secret', smtp: 'own' }, { password: 'new' }, 'own', { imap: 'new', smtp: undefined }],
    ['become their own', stored, { smtpPassword: 'own' }, 'own', { imap: undefined, smtp: 'own' }],
    ['become the same again', { imap: 'secret', smtp: 'own' }, { smtpPassword: 'secret' }, 'secret', { imap: undefined, smtp: null }],
    ['are both new and the same', { imap: null, smtp: null }, { password: 'p', smtpPassword: 'p' }, 'p', { imap: 'p', smtp: null }],
  ])('SMTP passwords %s', (_name, before, change, smtpPassword, passwords) => {
    const planned = planLogins(row, before, { id: 'x', ...change })
    expect(planned.smtp.password).toBe(smtpPassword)
    expect(planned.passwords).toEqual(passwords)
  })

  it('a TLS mode stays with its port', () => {
    expect(planLogins(row, stored, { id: 'x', imapPort: 143 }).imap.tls).toBeUndefined()
    expect(planLogins(row, stored, { id: 'x', imapPort: 143, imapTls: 'implicit' }).imap.tls).toBe('implicit')
    expect(planLogins(row, stored, { id: 'x', imapPort: 993 }).imap.tls).toBe('implicit')
  })

  it('open only what is not named', () => {
    expect(wantedPasswords({ id: 'x' })).toEqual({ imap: true, smtp: true })
    expect(wantedPasswords({ id: 'x', password: 'p' })).toEqual({ imap: false, smtp: true })
    expect(wantedPasswords({ id: 'x', smtpPassword: 'p' })).toEqual({ imap: true, smtp: false })
  })
})
