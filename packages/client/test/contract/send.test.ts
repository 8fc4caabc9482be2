import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMaildockClient, type MaildockClient } from '../../src/index.ts'
import { createPerson, startRealMaildock, type RealMaildock } from './real-maildock.ts'

const { connectionString } = useTestDatabase()
const EMAIL = 'hello@example.org'
const MESSAGE = { from: { email: EMAIL }, to: [{ email: 'you@example.org' }], subject: 'Hello', text: 'Hello.' }
let maildock: RealMaildock
let program: MaildockClient

beforeAll(async () => {
  maildock = await startRealMaildock({ connectionString })
  const { token } = await createPerson()
  const person = createMaildockClient({ baseUrl: maildock.baseUrl, token })
  await person.accounts.connect({
    email: EMAIL,
    imapHost: 'imap.example.org',
    imapPort: 993,
    smtpHost: 'smtp.example.org',
    smtpPort: 587,
    username: EMAIL,
    password: 'a password',
  })
  const { key } = await person.keys.create({ name: 'Program' })
  program = createMaildockClient({ baseUrl: maildock.baseUrl, token: key })
})
afterAll(async () => await maildock[Symbol.asyncDispose]())

test('a message is sent, and what became of it is told', async () => {
  const answer = await program.send.message({ ...MESSAGE, metadata: { orderId: '1' } })
  expect(answer).toMatchObject({ outcome: 'sent', idempotent: false, sandbox: false, timestamp: expect.any(Date) })
  await expect(program.send.get(answer)).resolves.toMatchObject({
    status: 'sent',
    metadata: { orderId: '1' },
    recipients: [{ email: 'you@example.org', status: 'accepted', replyCode: 250 }],
  })
  await expect(program.send.cancel(answer)).rejects.toMatchObject({ code: 'send.not_cancellable' })
})

test('without a key of its own each message is another one; with one it is sent once', async () => {
  const [one, other] = [await program.send.message(MESSAGE), await program.send.message(MESSAGE)]
  expect(one.messageId).not.toBe(other.messageId)
  const keyed = { ...MESSAGE, idempotencyKey: 'order-1' }
  const [first, again] = [await program.send.message(keyed), await program.send.message(keyed)]
  expect(again).toEqual({ ...first, idempotent: true })
})

test('an attachment of some megabytes fits', async () => {
  const content = Buffer.alloc(3 * 1024 * 1024, 1).toString('base64')
  await expect(program.send.message({ ...MESSAGE, attachments: [{ filename: 'a.bin', content }] })).resolves.toMatchObject({
    outcome: 'sent',
  })
})

test('who has no key sends nothing, and is not read', async () => {
  const { token } = await createPerson()
  const person = createMaildockClient({ baseUrl: maildock.baseUrl, token, retries: 0 })
  await expect(person.send.message(MESSAGE)).rejects.toMatchObject({ code: 'key.invalid', httpStatus: 401 })
})
