import { describe, expect, it } from 'vitest'
import { listSecretForms } from './remembered-secrets.ts'

const SECRET = 'p@ss "wörd"\\ 1/2+3'

describe('listSecretForms', () => {
  const found = (text: string): boolean => listSecretForms(SECRET).some((form) => text.includes(form))

  it.each([
    ['clear', `a ${SECRET} b`],
    ['JSON', JSON.stringify({ password: SECRET })],
    ['a URL', `https://h.test/?p=${encodeURIComponent(SECRET)}`],
    ['hex', Buffer.from(SECRET).toString('hex')],
    ['base64', Buffer.from(SECRET).toString('base64')],
    ['base64url', Buffer.from(SECRET).toString('base64url')],
    ['base64 behind one octet', Buffer.from(`x${SECRET}yz`).toString('base64')],
    ['base64 behind two octets', Buffer.from(`\0u${SECRET}`).toString('base64')],
    ['AUTH PLAIN', Buffer.from(`\0user@h.test\0${SECRET}`).toString('base64')],
    ['UTF-16', Buffer.from(SECRET, 'utf16le').toString('hex')],
  ])('finds a secret in %s', (_form, text) => {
    expect(found(text)).toBe(true)
  })

  it('finds nothing where there is nothing', () => {
    expect(found('p@ss word 1/2+3')).toBe(false)
    expect(found(Buffer.from('some other text of that kind').toString('base64'))).toBe(false)
  })
})
