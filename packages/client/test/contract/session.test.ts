import { randomUUID } from 'node:crypto'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMaildockClient, listFieldErrors, type FetchLike, type MaildockClient } from '../../src/index.ts'
import { startRealMaildock, type RealMaildock } from './real-maildock.ts'

const { connectionString } = useTestDatabase()
const PASSWORD = 'correct horse battery staple'

let maildock: RealMaildock
beforeAll(async () => {
  maildock = await startRealMaildock({ connectionString, ownSignIn: true })
})
afterAll(async () => await maildock[Symbol.asyncDispose]())

/** A browser as far as cookies go: keeps the last one it was given, and sends it. */
function keepCookies(): FetchLike {
  let cookie = ''
  return async (url, init) => {
    const headers = new Headers(init.headers)
    if (cookie !== '') {
      headers.set('cookie', cookie)
    }
    const response = await fetch(url, { ...init, headers })
    for (const set of response.headers.getSetCookie()) {
      cookie = /^[^;]*/u.exec(set)?.[0] ?? ''
    }
    return response
  }
}

function openBrowser(): MaildockClient {
  return createMaildockClient({ baseUrl: maildock.baseUrl, fetch: keepCookies(), headers: { origin: 'http://maildock.test' } })
}

test('a person signs up, is known by the cookie, and signs out', async () => {
  const browser = openBrowser()
  const email = `${randomUUID()}@example.org`
  await expect(browser.session.current()).resolves.toEqual({ user: null, plan: null, canSignIn: true, canSignUp: true })
  const session = await browser.session.signUp({ email, password: PASSWORD, name: 'A' })
  expect(session).toMatchObject({ user: { email }, canSignIn: true })
  await expect(browser.session.current()).resolves.toEqual(session)
  await expect(browser.accounts.list()).resolves.toEqual([])
  await expect(browser.session.signOut()).resolves.toMatchObject({ user: null })
  await expect(browser.accounts.list()).rejects.toMatchObject({ httpStatus: 401 })
})

test('sessions are listed, revoked one by one and all at once', async () => {
  const email = `${randomUUID()}@example.org`
  const [laptop, phone, tablet] = [openBrowser(), openBrowser(), openBrowser()]
  await laptop.session.signUp({ email, password: PASSWORD })
  await phone.session.signIn({ email, password: PASSWORD })
  await tablet.session.signIn({ email, password: PASSWORD })
  const sessions = await laptop.session.list()
  expect(sessions).toHaveLength(3)
  expect(sessions.filter(({ current }) => current)).toHaveLength(1)
  expect(sessions[0]?.createdAt).toBeInstanceOf(Date)

  const onPhone = (await phone.session.list()).find(({ current }) => current)
  const id = onPhone?.id ?? ''
  await expect(laptop.session.revoke({ id })).resolves.toEqual({ id })
  await expect(phone.accounts.list()).rejects.toMatchObject({ httpStatus: 401 })
  await expect(laptop.session.revokeOthers()).resolves.toEqual({ revoked: 1 })
  await expect(tablet.accounts.list()).rejects.toMatchObject({ httpStatus: 401 })
  await expect(laptop.session.revoke({ id: randomUUID() })).rejects.toMatchObject({ code: 'session.not_found', httpStatus: 404 })
})

test('the password is changed, and the old one opens nothing more', async () => {
  const browser = openBrowser()
  const email = `${randomUUID()}@example.org`
  await browser.session.signUp({ email, password: PASSWORD })
  const newPassword = 'another horse, another battery'
  await expect(browser.session.changePassword({ currentPassword: 'wrong password', newPassword })).rejects.toMatchObject({
    code: 'password.wrong',
    httpStatus: 403,
  })
  await expect(browser.session.changePassword({ currentPassword: PASSWORD, newPassword })).resolves.toMatchObject({ user: { email } })
  await expect(openBrowser().session.signIn({ email, password: PASSWORD })).rejects.toMatchObject({
    code: 'sign_in.failed',
    httpStatus: 401,
  })
  await expect(openBrowser().session.signIn({ email, password: newPassword })).resolves.toMatchObject({ user: { email } })
})

test('a short password is refused by its field', async () => {
  const error: unknown = await openBrowser()
    .session.signUp({ email: 'a@example.org', password: 'short' })
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'validation.failed' })
  expect(Object.keys(listFieldErrors(error).fieldErrors)).toEqual(['password'])
})

test('a page of another site changes nothing with the cookie: request.origin_not_allowed', async () => {
  const foreign = createMaildockClient({ baseUrl: maildock.baseUrl, headers: { origin: 'https://evil.example' } })
  await expect(foreign.session.signOut()).rejects.toMatchObject({ code: 'request.origin_not_allowed', httpStatus: 403 })
})
