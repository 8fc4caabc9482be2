import { randomUUID } from 'node:crypto'
import { httpStatusOf } from '@maildock/api'
import { ERROR_CATALOGUE, ERROR_CODES, VERIFICATION_CODES } from '@maildock/core'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  createMaildockClient,
  listFieldErrors,
  listVerificationFailures,
  type ConnectAccountInput,
  type LiveEvent,
  type MaildockClient,
  type VerificationFailure,
} from '../../src/index.ts'
import { createPerson, SERVICE_KEY, startRealMaildock, type Person, type RealMaildock } from './real-maildock.ts'

const { connectionString } = useTestDatabase()
const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/u

let maildock: RealMaildock
let person: Person
let client: MaildockClient

beforeAll(async () => {
  maildock = await startRealMaildock({ connectionString })
})
afterAll(async () => await maildock[Symbol.asyncDispose]())
beforeEach(async () => {
  maildock.failVerification()
  person = await createPerson()
  client = clientOf(person)
})

function clientOf({ token }: Person): MaildockClient {
  return createMaildockClient({ baseUrl: maildock.baseUrl, token, retries: 0 })
}

/** A mailbox of this test alone: failed verifications are counted by login, whoever asks. */
function mailboxOf(name: string): ConnectAccountInput {
  const email = `${name}@${person.id}.example.org`
  return {
    email,
    imapHost: 'imap.example.org',
    imapPort: 993,
    smtpHost: 'smtp.example.org',
    smtpPort: 587,
    username: email,
    password: 'secret',
  }
}

describe('an account', () => {
  test('is connected, listed, changed and disconnected', async () => {
    const account = await client.accounts.connect({ ...mailboxOf('a'), name: 'A' })
    expect(account).toMatchObject({
      email: mailboxOf('a').email,
      name: 'A',
      isDefault: true,
      syncStatus: 'pending',
      smtpTls: 'starttls',
      syncError: null,
    })
    expect(account.id).toMatch(UUID)
    expect(account.createdAt).toBeInstanceOf(Date)
    await expect(client.accounts.list()).resolves.toEqual([account])
    await expect(client.accounts.get({ id: account.id })).resolves.toEqual(account)

    const renamed = await client.accounts.update({ id: account.id, name: null, smtpPort: 465 })
    expect(renamed).toMatchObject({ id: account.id, name: null, smtpPort: 465, smtpTls: 'implicit' })

    await expect(client.accounts.disconnect({ id: account.id })).resolves.toEqual({ id: account.id })
    await expect(client.accounts.list()).resolves.toEqual([])
  })

  test('has no mail before its first sync, and says so without errors', async () => {
    const { id: accountId } = await client.accounts.connect(mailboxOf('a'))
    await expect(client.mailboxes.list({ accountId })).resolves.toEqual([])
    await expect(client.messages.list({ accountId })).resolves.toEqual({ messages: [], nextCursor: null })
    const overview = await client.sync.overview()
    expect(overview).toEqual([{ id: accountId, email: mailboxOf('a').email, lastSyncAt: null, syncStatus: 'idle', newMessageCount: 0 }])
  })

  test('is synchronised once at a time: who asks meanwhile is told the previous result', async () => {
    const { id } = await client.accounts.connect(mailboxOf('a'))
    await expect(client.sync.run({ accountId: id }, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'client.timeout' })
    await expect(client.sync.run()).resolves.toEqual({ accountId: id, status: 'queued', newMessages: 0, syncedAt: null })
  })
})

describe('an error', () => {
  test.each(ERROR_CODES)('%s arrives with its status, its sentence and a request id', async (code) => {
    maildock.throwInVerification(code)
    await expect(client.accounts.connect(mailboxOf('a'))).rejects.toMatchObject({
      name: 'MaildockError',
      code,
      message: ERROR_CATALOGUE[code].message,
      httpStatus: httpStatusOf(code),
      requestId: expect.stringMatching(UUID),
    })
  })

  test.each(VERIFICATION_CODES)('%s of a verification arrives with its details', async (code) => {
    const failure: VerificationFailure = { code, protocol: 'smtp', stage: 'auth', hint: 'Do this.', serverResponse: '535 5.7.8 no' }
    maildock.failVerification(failure)
    const error: unknown = await client.accounts.connect(mailboxOf('a')).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, httpStatus: 400 })
    expect(listVerificationFailures(error)).toEqual([failure])
  })

  test('both servers are told when both failed', async () => {
    const failures: [VerificationFailure, VerificationFailure] = [
      { code: 'imap.authentication_failed', protocol: 'imap', stage: 'auth', hint: 'Check the password.' },
      { code: 'host.timeout', protocol: 'smtp', stage: 'connect', hint: 'Check the port.' },
    ]
    maildock.failVerification(...failures)
    const error: unknown = await client.accounts.connect(mailboxOf('a')).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'imap.authentication_failed' })
    expect(listVerificationFailures(error)).toEqual(failures)
  })

  test('validation.failed names the fields', async () => {
    const wrong = { ...mailboxOf('a'), imapPort: 0, smtpHost: '', colour: 'blue' }
    const error: unknown = await client.accounts.connect(wrong).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'validation.failed', httpStatus: 400 })
    expect(Object.keys(listFieldErrors(error).fieldErrors).toSorted()).toEqual(['colour', 'imapPort', 'smtpHost'])
  })

  test('account.already_connected, account.quota_reached, account.default_required', async () => {
    const modest = clientOf(await createPerson({ plan: 'free' }))
    const { id } = await modest.accounts.connect(mailboxOf('a'))
    await expect(modest.accounts.connect(mailboxOf('A'))).rejects.toMatchObject({ code: 'account.already_connected', httpStatus: 409 })
    await expect(modest.accounts.connect(mailboxOf('b'))).rejects.toMatchObject({ code: 'account.quota_reached', httpStatus: 403 })
    await expect(modest.accounts.update({ id, isDefault: false })).rejects.toMatchObject({
      code: 'account.default_required',
      httpStatus: 400,
    })
  })

  test('account.not_found: no such id, no id at all, somebody else’s', async () => {
    const { id } = await clientOf(await createPerson()).accounts.connect(mailboxOf('a'))
    const notFound = { code: 'account.not_found', httpStatus: 404 }
    for (const unknown of [id, randomUUID(), 'no-uuid']) {
      await expect(client.accounts.get({ id: unknown })).rejects.toMatchObject(notFound)
      await expect(client.accounts.update({ id: unknown, name: 'x' })).rejects.toMatchObject(notFound)
      await expect(client.accounts.disconnect({ id: unknown })).rejects.toMatchObject(notFound)
      await expect(client.mailboxes.list({ accountId: unknown })).rejects.toMatchObject(notFound)
      await expect(client.messages.list({ accountId: unknown })).rejects.toMatchObject(notFound)
      await expect(client.sync.run({ accountId: unknown })).rejects.toMatchObject(notFound)
    }
  })

  test('mailbox.not_found and message.not_found', async () => {
    const { id: accountId } = await client.accounts.connect(mailboxOf('a'))
    await expect(client.messages.list({ accountId, mailboxId: randomUUID() })).rejects.toMatchObject({ code: 'mailbox.not_found' })
    await expect(client.messages.get({ accountId, id: randomUUID() })).rejects.toMatchObject({ code: 'message.not_found', httpStatus: 404 })
  })

  test.each([
    ['session.missing', async () => undefined],
    ['session.invalid', async () => 'no.jwt.here'],
    ['session.expired', async () => (await createPerson({ expiresIn: '-1h' })).token],
  ])('%s', async (code, token) => {
    const stranger = createMaildockClient({ baseUrl: maildock.baseUrl, token, retries: 0 })
    await expect(stranger.accounts.list()).rejects.toMatchObject({ code, httpStatus: 401 })
    const watching = stranger.accounts.watch()[Symbol.asyncIterator]()
    await expect(watching.next()).rejects.toMatchObject({ code, httpStatus: 401 })
  })

  test('sign_in.unavailable where sessions come from an identity provider', async () => {
    await expect(client.session.signIn({ email: 'a@example.org', password: 'x' })).rejects.toMatchObject({ code: 'sign_in.unavailable' })
    await expect(client.session.current()).resolves.toMatchObject({ user: { id: person.id }, canSignIn: false })
  })
})

describe('an internal service', () => {
  test('reports campaigns with its key, and so holds the last account of a user', async () => {
    const service = createMaildockClient({ baseUrl: maildock.baseUrl, serviceKey: SERVICE_KEY })
    const { id } = await client.accounts.connect(mailboxOf('a'))
    const report = { campaignId: randomUUID(), userId: person.id, accountId: id, status: 'sending' } as const
    await expect(service.campaigns.report(report)).resolves.toEqual(report)
    await expect(client.accounts.disconnect({ id })).rejects.toMatchObject({ code: 'account.last_default_in_use', httpStatus: 403 })
    await expect(service.campaigns.report({ ...report, userId: randomUUID() })).rejects.toMatchObject({ code: 'campaign.account_mismatch' })
  })

  test('is nobody without its key, whoever else it may be', async () => {
    const report = { campaignId: randomUUID(), userId: person.id, accountId: randomUUID(), status: 'sending' } as const
    await expect(client.campaigns.report(report)).rejects.toMatchObject({ code: 'service_key.invalid', httpStatus: 401 })
  })
})

describe('watching', () => {
  test('tells a snapshot, then what is connected and disconnected elsewhere', async () => {
    const seen: LiveEvent[] = []
    const states: string[] = []
    const watch = client.accounts.watch({ onEvent: (event) => seen.push(event), onStateChange: ({ status }) => states.push(status) })
    await vi.waitUntil(() => seen.length === 1, 10_000)
    expect(seen[0]).toEqual({ type: 'snapshot', accounts: [], progress: [] })
    const account = await client.accounts.connect(mailboxOf('a'))
    await vi.waitUntil(() => seen.some(({ type }) => type === 'account'), 10_000)
    expect(seen.find(({ type }) => type === 'account')).toEqual({ type: 'account', account })
    await client.accounts.disconnect({ id: account.id })
    await vi.waitUntil(() => seen.some(({ type }) => type === 'removed'), 10_000)
    watch.close()
    expect(states).toEqual(['connecting', 'live', 'closed'])
  })

  test('survives a restart of the server and begins with a snapshot again', async () => {
    const first = await startRealMaildock({ connectionString })
    let target = first.baseUrl
    const snapshots: LiveEvent[] = []
    const watcher = createMaildockClient({
      baseUrl: first.baseUrl,
      token: person.token,
      // The second start listens elsewhere: this is what a name in front of both would do.
      fetch: async (url: string, init: RequestInit) => await fetch(url.replace(first.baseUrl, target), init),
    })
    const watch = watcher.accounts.watch({ onEvent: (event) => snapshots.push(event) })
    await vi.waitUntil(() => snapshots.length === 1, 10_000)
    target = maildock.baseUrl
    await first[Symbol.asyncDispose]()
    await vi.waitUntil(() => snapshots.length === 2, 10_000)
    watch.close()
    expect(snapshots.map(({ type }) => type)).toEqual(['snapshot', 'snapshot'])
  })
})
