import { createTestAuthority, startDovecot, startPostfix, type Postfix } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  composeMessage,
  createEgressPolicy,
  createMessageId,
  deliverMessage,
  openImapConnection,
  openSubmissionConnection,
  parseMessage,
  SubmissionPool,
  type ComposedMessage,
  type DeliveryOutcome,
  type EgressPolicy,
  type MessageDraft,
  type SubmissionConnection,
} from '../../src/index.ts'

const PASSWORD = 'a"b\\c d\u00fc{5}'
const stack = new AsyncDisposableStack()
let egress: EgressPolicy
let postfix: Postfix
let imapsPort = 0

beforeAll(async () => {
  const authority = await createTestAuthority()
  const certificate = await authority.issue({ names: ['localhost', '127.0.0.1'] })
  const dovecot = stack.use(await startDovecot({ certificate, password: PASSWORD }))
  postfix = stack.use(await startPostfix({ certificate, dovecot }))
  imapsPort = dovecot.imapsPort
  egress = createEgressPolicy({
    allowHosts: ['localhost', '127.0.0.0/8'],
    allowPorts: [[1024, 65_535]],
    extraCa: [authority.caCertificate],
  })
})
afterAll(() => stack.disposeAsync())

function open(tls: 'implicit' | 'starttls', signal?: AbortSignal): Promise<SubmissionConnection> {
  const port = tls === 'implicit' ? postfix.submissionsPort : postfix.submissionPort
  const server = { protocol: 'smtp', host: 'localhost', port, tls } as const
  return openSubmissionConnection({ server, username: 'ada@example.org', password: PASSWORD }, { egress, signal })
}

function handOver(connection: SubmissionConnection, message: ComposedMessage): Promise<DeliveryOutcome> {
  return deliverMessage(connection, message, { beforeHandover: async () => undefined })
}

/** The sources in an inbox, once there are so many. */
async function readInbox(user: string, count: number): Promise<readonly string[]> {
  const server = { protocol: 'imap', host: 'localhost', port: imapsPort, tls: 'implicit' } as const
  await using connection = await openImapConnection({ server, username: user, password: PASSWORD }, { egress })
  await expect
    .poll(async () => {
      await connection.client.mailboxOpen('INBOX', { readOnly: true })
      return connection.client.mailbox === false ? 0 : connection.client.mailbox.exists
    })
    .toBe(count)
  const messages = await connection.client.fetchAll('1:*', { source: true })
  return messages.map(({ source }) => source?.toString('latin1') ?? '')
}

const DRAFT: Omit<MessageDraft, 'to'> = {
  messageIdHeader: createMessageId('ada@example.org'),
  date: new Date('2026-01-15T10:20:30Z'),
  from: { address: 'ada@example.org', name: 'Ada \u{1F600} "Countess" Lovelace' },
  cc: [{ address: 'alan@example.org', name: '\u56fe\u7075' }],
  bcc: [{ address: 'mary@example.org', name: 'Hidden' }],
  subject: `Gr\u00fc\u00dfe ${'\u{1F680}'.repeat(100)}`,
  text: `.\n..\nFrom here\n${'long '.repeat(400)}\n.`,
  html: '<p>\u00dcber <img src="cid:dot@x"></p>',
  attachments: [
    { filename: 'dot.png', content: Uint8Array.of(1, 2, 3), contentId: 'dot@x' },
    {
      filename: '\u0440\u0435\u0437\u044e\u043c\u0435.bin',
      content: Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256),
    },
  ],
  headers: [{ name: 'List-Unsubscribe', value: '<https://example.org/u?id=1>' }],
  references: ['<first@example.org>'],
}

describe.each(['implicit', 'starttls'] as const)('Postfix (%s)', (tls) => {
  test('takes a message, and its recipients get the octets that were composed', async () => {
    const user = `grace-${tls}@example.org`
    const message = await composeMessage({ ...DRAFT, to: [{ address: user }], cc: [], bcc: [{ address: `mary-${tls}@example.org` }] })
    await using connection = await open(tls)
    expect(await handOver(connection, message)).toMatchObject({
      outcome: 'accepted',
      reply: { replyCode: 250, enhancedStatus: '2.0.0' },
      recipients: [{ outcome: 'accepted' }, { outcome: 'accepted' }],
    })
    const sent = message.source.toString('latin1')
    for (const [received = ''] of [await readInbox(user, 1), await readInbox(`mary-${tls}@example.org`, 1)]) {
      expect(received.endsWith(sent)).toBe(true)
      const added = received.slice(0, -sent.length).replaceAll(/\r\n[ \t]+/gu, ' ')
      expect(added).toMatch(/^(?:(?:Return-Path|Delivered-To|Received): [^\r\n]*\r\n)+$/u)
      expect(parseMessage(Buffer.from(received, 'latin1'))).toMatchObject({ subject: DRAFT.subject, bcc: [], to: [{ address: user }] })
    }
  })
})

/** What a message is read as: whole lines. */
function inLines(body: string): string {
  return body.replaceAll(/\r\n|\r|\n/gu, '\r\n').replace(/(?<!\r\n)$/u, '\r\n')
}

// faults S42: each of these is one message, whatever a server takes for the end of one.
describe('what smuggles a second message elsewhere', () => {
  const ENDS = ['\r\n.\r\n', '\n.\n', '\n.\r\n', '\r\n.\n', '\r.\r', '\r.\r\n', '\r\n.\r', '\r\r\n.\r\r\n', '\r\n..\r\n', '\n\r.\r\n', '.']
  const SMUGGLED = 'MAIL FROM:<evil@example.org>\r\nRCPT TO:<victim@example.org>\r\nDATA\r\nSubject: smuggled\r\n\r\nx'

  test('arrives as one message, line by line', async () => {
    const user = 'smuggle@example.org'
    await using connection = await open('implicit')
    const composed = await composeMessage({ ...DRAFT, to: [{ address: user }], cc: [], bcc: [] })
    const header = 'From: <ada@example.org>\r\nMessage-ID: <1@example.org>\r\nDate: Thu, 15 Jan 2026 10:20:30 +0000\r\n'
    const bodies = ENDS.map((end) => `a${end}${SMUGGLED}${end}`)
    for (const [index, body] of bodies.entries()) {
      const source = Buffer.from(`${header}Subject: ${index}\r\n\r\n${body}`)
      expect(await handOver(connection, { ...composed, source })).toMatchObject({ outcome: 'accepted' })
    }
    const received = await readInbox(user, ENDS.length)
    const bodyOf = (index: number): string => {
      const source = received.find((text) => text.includes(`\r\nSubject: ${index}\r\n`)) ?? ''
      return source.slice(source.indexOf('\r\n\r\n') + 4)
    }
    expect(bodies.map((_, index) => bodyOf(index))).toEqual(bodies.map(inLines))
    expect(await readInbox('victim@example.org', 0)).toEqual([])
  })
})

test('a message larger than Postfix takes is refused before a word is said', async () => {
  await using connection = await open('implicit')
  const composed = await composeMessage({ ...DRAFT, to: [{ address: 'grace@example.org' }] })
  const outcome = await handOver(connection, { ...composed, source: Buffer.alloc(53_000_000, 'x\r\n') })
  expect(outcome).toMatchObject({ outcome: 'refused', stage: 'limits', code: 'smtp.message_refused', tooLarge: true })
})

test('a pool sends many messages over two connections', async () => {
  let opened = 0
  await using pool = new SubmissionPool<SubmissionConnection>({
    open: (_key, signal) => {
      opened += 1
      return open('implicit', signal)
    },
  })
  const user = 'pool@example.org'
  const message = await composeMessage({ ...DRAFT, to: [{ address: user }], cc: [], bcc: [] })
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, () => pool.withConnection('account', (connection) => handOver(connection, message))),
  )
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 10 }, () => 'accepted'))
  expect(opened).toBe(2)
  expect(await readInbox(user, 10)).toHaveLength(10)
})
