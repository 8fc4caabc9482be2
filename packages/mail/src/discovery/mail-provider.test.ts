import { describe, expect, test } from 'vitest'
import { findHint } from '../hint.ts'
import { findMailProvider, MAIL_PROVIDERS, PROVIDER_ADVICE } from './mail-provider.ts'

describe('findMailProvider', () => {
  test.each([
    ['imap.gmail.com', 'gmail'],
    ['SMTP.GMAIL.COM.', 'gmail'],
    ['gmail.com', 'gmail'],
    ['imap.mail.me.com', 'icloud'],
    ['imap.mail.yahoo.com', 'yahoo'],
    ['imap.aol.com', 'aol'],
    ['outlook.office365.com', 'microsoft'],
    ['imap-mail.outlook.com', 'microsoft'],
    ['imap.fastmail.com', 'fastmail'],
    ['imappro.zoho.eu', 'zoho'],
    ['imap.gmx.net', 'gmx'],
    ['imap.web.de', 'webde'],
    ['imap.yandex.com', 'yandex'],
    ['imap.mail.ru', 'mailru'],
    ['imap.qq.com', 'qq'],
    ['imap.163.com', 'netease'],
    ['imap.strato.de', 'strato'],
    ['ssl0.ovh.net', 'ovh'],
  ])('%s is %s', (host, provider) => {
    expect(findMailProvider(host)).toBe(provider)
  })

  test.each(['mail.example.org', 'notgmail.com', 'gmail.com.example.org', 'me.com.example', '127.0.0.1', '', 'mymail.ru'])(
    '%j is nobody known',
    (host) => {
      expect(findMailProvider(host)).toBeNull()
    },
  )
})

describe('findHint', () => {
  test('names the provider and its page where both are known', () => {
    expect(findHint('app_password', 'imap.gmail.com')).toContain('https://myaccount.google.com/apppasswords')
    expect(findHint('imap_off', 'imap.gmx.net')).toContain('GMX')
    expect(findHint('smtp_off', 'smtp.office365.com')).toContain('Microsoft 365')
    expect(findHint('wrong_password', 'imap.mail.me.com')).toContain('app-specific password')
  })

  test('has a general sentence for a server of one\u2019s own', () => {
    expect(findHint('wrong_password', 'mail.example.org')).toContain('Check the user name')
    expect(findHint('app_password', 'mail.example.org')).toContain('app password')
  })

  // The public text must not tell a private host from one that does not exist.
  test('says the same about a host that is refused and one that does not exist', () => {
    expect(findHint('host_refused', 'db.internal')).toBe(findHint('host_unknown', 'nowhere.example'))
  })

  test('links only to https pages', () => {
    const texts = MAIL_PROVIDERS.flatMap((provider) => Object.values(PROVIDER_ADVICE[provider]) as string[])
    expect(texts.filter((text) => /http:\/\//u.test(text))).toEqual([])
  })
})
