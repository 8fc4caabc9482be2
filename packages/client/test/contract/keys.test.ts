import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createMaildockClient, CreateApiKeyInput, isMaildockError, needsSignIn, type MaildockClient } from '../../src/index.ts'
import { createPerson, startRealMaildock, type RealMaildock } from './real-maildock.ts'

const { connectionString } = useTestDatabase()
let maildock: RealMaildock
let client: MaildockClient

beforeAll(async () => {
  maildock = await startRealMaildock({ connectionString })
})
afterAll(async () => await maildock[Symbol.asyncDispose]())
beforeEach(async () => {
  const { token } = await createPerson()
  client = createMaildockClient({ baseUrl: maildock.baseUrl, token, retries: 0 })
})

test('a key is made, told once, listed and revoked', async () => {
  const { key, ...made } = await client.keys.create({ name: 'Orders', scopes: ['send:transactional'], expiresAt: '2099-01-15T10:00:00Z' })
  expect(key).toMatch(/^msk_[0-9a-f]{64}$/u)
  expect(made).toMatchObject({
    name: 'Orders',
    scopes: ['send:transactional'],
    isActive: true,
    expiresAt: new Date('2099-01-15T10:00:00Z'),
  })
  await expect(client.keys.list()).resolves.toEqual([made])
  await expect(client.keys.revoke({ id: made.id })).resolves.toEqual({ id: made.id })
  await expect(client.keys.list()).resolves.toMatchObject([{ id: made.id, isActive: false, revokedAt: expect.any(Date) }])
})

test('a key is no session, and signing in is not what helps a program that presents it', async () => {
  const { key } = await client.keys.create({ name: 'Orders' })
  const program = createMaildockClient({ baseUrl: maildock.baseUrl, token: key, retries: 0 })
  await expect(program.keys.list()).rejects.toMatchObject({ code: 'session.invalid', httpStatus: 401 })
})

test('what is wrong is told by code', async () => {
  const error: unknown = await client.keys.revoke({ id: 'x' }).catch((thrown: unknown) => thrown)
  expect(isMaildockError(error, 'key.not_found')).toBe(true)
  expect(needsSignIn(error)).toBe(false)
  expect(CreateApiKeyInput.safeParse({ name: '' }).error?.issues.map(({ message }) => message)).toEqual(['Enter a name.'])
})
