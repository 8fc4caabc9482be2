import { describe, expect, it } from 'vitest'
import { domainOf, findProviderPreset, guessServers, PROVIDER_PRESETS } from './provider-presets.ts'

describe('domainOf', () => {
  it.each([
    ['hello@Example.COM', 'example.com'],
    [' hello@sub.example.org ', 'sub.example.org'],
    ['hello@example', null],
    ['hello@example.', null],
    ['hello@', null],
    ['example.com', null],
    ['', null],
  ])('of "%s" is %s', (email, domain) => {
    expect(domainOf(email)).toBe(domain)
  })
})

describe('findProviderPreset', () => {
  it.each([
    ['hello@gmail.com', 'Gmail'],
    ['hello@GOOGLEMAIL.com', 'Gmail'],
    ['hello@icloud.com', 'iCloud Mail'],
    ['hello@yahoo.com', 'Yahoo Mail'],
    ['hello@outlook.com', 'Outlook.com'],
    ['hello@fastmail.com', 'Fastmail'],
    ['hello@gmx.de', 'GMX'],
    ['hello@zoho.eu', 'Zoho Mail'],
  ])('knows %s as %s', (email, name) => {
    expect(findProviderPreset(email)?.name).toBe(name)
  })

  it('does not take a domain for a provider because it ends like one', () => {
    expect(findProviderPreset('hello@notgmail.com')).toBeNull()
    expect(findProviderPreset('hello@gmail.com.example.org')).toBeNull()
  })
})

describe('the presets', () => {
  it('name each domain once', () => {
    const domains = PROVIDER_PRESETS.flatMap((preset) => preset.domains)
    expect(domains.toSorted()).toEqual([...new Set(domains)].toSorted())
  })

  it('never offer a port and an encryption that do not belong together', () => {
    const usual = new Map([
      [993, 'implicit'],
      [465, 'implicit'],
      [587, 'starttls'],
    ])
    const servers = PROVIDER_PRESETS.flatMap(({ imap, smtp }) => [imap, smtp])
    expect(servers.filter(({ port, tls }) => (usual.get(port) ?? tls) !== tls)).toEqual([])
  })

  it('lead to app passwords over https only', () => {
    const urls = PROVIDER_PRESETS.flatMap(({ password }) => (password.kind === 'app' ? [password.url] : []))
    expect(urls.filter((url) => new URL(url).protocol !== 'https:')).toEqual([])
  })
})

it('guesses the servers of a domain of one’s own, and nothing for an address that is not complete', () => {
  expect(guessServers('hello@example.com')).toEqual({
    imap: { host: 'imap.example.com', port: 993, tls: 'implicit' },
    smtp: { host: 'smtp.example.com', port: 587, tls: 'starttls' },
  })
  expect(guessServers('hello@exam')).toBeNull()
})
