import { randomBytes } from 'node:crypto'
import { silentLogger } from '@maildock/core'
import { newId } from '@maildock/db'
import { createEgressPolicy, openImapConnection, type EgressPolicy } from '@maildock/mail'
import {
  createTestAuthority,
  startDovecot,
  startPostfix,
  useTestDatabase,
  type Dovecot,
  type Postfix,
  type TestAuthority,
} from '@maildock/testkit'
import { createVault, parseKeyRing } from '@maildock/vault'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOutbox, openSmtpDelivery, recoverClaims, type NewSubmission } from '../../src/index.ts'
import { openOutboxDesk, type DeskAccount, type OutboxDesk } from '../fixture/outbox-desk.ts'
import { CRASH_POINTS, runVictim, type CrashPoint } from '../fixture/run-victim.ts'

const { connectionString } = useTestDatabase()
const keyRing = `test:${randomBytes(32).toString('base64')}`
const vault = createVault(parseKeyRing(keyRing))
const stack = new AsyncDisposableStack()
let authority: TestAuthority
let dovecot: Dovecot
let postfix: Postfix
let egress: EgressPolicy
let desk: OutboxDesk

beforeAll(async () => {
  authority = await createTestAuthority()
  const certificate = await authority.issue({ names: ['localhost', '127.0.0.1'] })
  dovecot = stack.use(await startDovecot({ certificate }))
  postfix = stack.use(await startPostfix({ certificate, dovecot }))
  egress = createEgressPolicy({
    allowHosts: ['localhost', '127.0.0.0/8'],
    allowPorts: [[1024, 65_535]],
    extraCa: [authority.caCertificate],
  })
  desk = stack.use(openOutboxDesk(connectionString))
})
afterAll(async () => stack.disposeAsync())

/** An account of the real servers. */
async function connect(): Promise<DeskAccount & { readonly email: string }> {
  const account = await desk.connect()
  const email = `${newId()}@example.org`
  await desk.pool.query(
    `UPDATE account SET email = $2, email_key = $2, smtp_host = 'localhost', smtp_port = $3, smtp_tls = 'starttls', smtp_username = $2 WHERE id = $1`,
    [account.accountId, email, postfix.submissionPort],
  )
  const binding = { accountId: account.accountId, field: 'imap_password' } as const
  const { keyId, sealed } = vault.seal(dovecot.password, binding)
  await desk.pool.query('INSERT INTO credential (account_id, field, key_id, sealed) VALUES ($1, $2, $3, $4)', [
    account.accountId,
    binding.field,
    keyId,
    Buffer.from(sealed),
  ])
  return { ...account, email }
}

function letterTo(recipient: string, from: string): Partial<NewSubmission> {
  const source = Buffer.from(`From: ${from}\r\nTo: ${recipient}\r\nSubject: hello\r\nMessage-ID: <${newId()}@example.org>\r\n\r\nhello\r\n`)
  return { source, reversePath: from, recipients: [{ address: recipient, kind: 'to' }] }
}

/** How many messages a recipient got, once the mail server has none left to deliver. */
async function countReceived(recipient: string): Promise<number> {
  await expect.poll(async () => postfix.readQueue(), { timeout: 20_000 }).toBe('')
  const server = { protocol: 'imap', host: 'localhost', port: dovecot.imapsPort, tls: 'implicit' } as const
  await using connection = await openImapConnection({ server, username: recipient, password: dovecot.password }, { egress })
  await connection.client.mailboxOpen('INBOX', { readOnly: true })
  return connection.client.mailbox === false ? 0 : connection.client.mailbox.exists
}

/** What other processes do afterwards: take back, and send what is due. */
async function carryOn(): Promise<void> {
  await recoverClaims(desk.pool)
  await using delivery = openSmtpDelivery({ vault, egress })
  await using outbox = createOutbox({ pool: desk.pool, deliver: delivery.deliver, logger: silentLogger })
  await outbox.turn()
  await expect.poll(() => outbox.attempting, { timeout: 20_000 }).toBe(0)
}

const AFTERWARDS: Readonly<Record<CrashPoint, { readonly status: string; readonly received: number }>> = {
  claimed: { status: 'sent', received: 1 },
  before_marker: { status: 'sent', received: 1 },
  // The final dot may have left, for all anybody knows; here it had not.
  after_marker: { status: 'unknown', received: 0 },
  after_answer: { status: 'unknown', received: 1 },
  settled: { status: 'sent', received: 1 },
}

describe('a process killed with -9', () => {
  test.each(CRASH_POINTS)('%s: nothing is lost, and nothing is sent twice', async (point) => {
    const account = await connect()
    const recipient = `${newId()}@example.org`
    const claim = await desk.acceptClaimed(account, letterTo(recipient, account.email))
    await runVictim(claim, { connectionString, keyRing, caCertificate: authority.caCertificate, point })
    await desk.expire(claim)
    await carryOn()
    await carryOn()
    const { status, received } = AFTERWARDS[point]
    expect((await desk.read(account, claim)).status).toBe(status)
    expect(await countReceived(recipient)).toBe(received)
  })
})

describe('a real mail server', () => {
  test('takes many messages of an account over few connections', async () => {
    const account = await connect()
    const recipient = `${newId()}@example.org`
    const refs = await Promise.all(Array.from({ length: 30 }, async () => desk.accept(account, letterTo(recipient, account.email))))
    await carryOn()
    const statuses = await Promise.all(refs.map(async (ref) => (await desk.read(account, ref)).status))
    expect(new Set(statuses)).toEqual(new Set(['sent']))
    expect(await countReceived(recipient)).toBe(30)
    const logins = (await postfix.readLog()).split('\n').filter((line) => line.includes(`sasl_username=${account.email}`))
    const clients = new Set(logins.map((line) => /smtpd\[(?<process>\d+)\]/u.exec(line)?.groups?.['process']))
    expect(logins.length).toBe(30)
    expect(clients.size).toBeLessThanOrEqual(2)
  })

  test('that refuses the login is told of, and asked no more', async () => {
    const account = await connect()
    await desk.pool.query('UPDATE credential SET sealed = $2 WHERE account_id = $1', [
      account.accountId,
      Buffer.from(vault.seal('wrong', { accountId: account.accountId, field: 'imap_password' }).sealed),
    ])
    const refs = [
      await desk.accept(account, letterTo('a@example.org', account.email)),
      await desk.accept(account, letterTo('a@example.org', account.email)),
    ]
    await carryOn()
    const [first] = refs
    expect(first === undefined ? null : await desk.read(account, first)).toMatchObject({ status: 'deferred' })
    const { rows } = await desk.pool.query<{ code: string }>('SELECT code FROM send_gate WHERE account_id = $1', [account.accountId])
    expect(rows).toEqual([{ code: 'smtp.authentication_failed' }])
    // Both are due, and one asked for both.
    const refused = (await postfix.readLog()).split('\n').filter((line) => /SASL (?:PLAIN|LOGIN) authentication failed/u.test(line))
    expect(refused).toHaveLength(1)
  })
})
