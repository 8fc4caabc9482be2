import { describe, expect, it } from 'vitest'
import { createSessionCookies } from './session-cookie.ts'

describe('the session cookie', () => {
  it.each([
    ['https://mail.example', '; Secure'],
    ['http://localhost:3000', ''],
  ])('of %s', (publicUrl, secure) => {
    const cookies = createSessionCookies(publicUrl)
    expect(cookies.keep('a.b.c', 60.9)).toBe(`sb-access-token=a.b.c; Max-Age=60; Path=/; HttpOnly; SameSite=Lax${secure}`)
    expect(cookies.clear()).toBe(`sb-access-token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax${secure}`)
  })

  it('never lives a negative time', () => {
    expect(createSessionCookies('http://localhost').keep('t', -5)).toContain('Max-Age=0;')
  })
})
