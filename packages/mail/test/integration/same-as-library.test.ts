import { createTestAuthority, startDovecot } from '@maildock/testkit'
import type { FetchMessageObject, FetchQueryObject } from 'imapflow'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readMailboxList } from '../../src/imap/read-mailbox-list.ts'
import {
  createEgressPolicy,
  createImapSession,
  openImapConnection,
  type ImapConnection,
  type ImapSession,
  type MailboxList,
  type MailboxListing,
} from '../../src/index.ts'

const COUNT = 60
const FLAGS = [[], ['\\Seen'], ['\\Answered', '\\Seen', '$Forwarded'], ['\\Flagged', 'Work', 'NonJunk'], ['\\Draft', '\\Deleted']]
const LINES = [
  'Hello,',
  ')',
  '* 1 FETCH (UID 1 BODY[] {3}',
  'W1 OK done',
  '.',
  '',
  'Gr\u00fc\u00dfe \u65e5\u672c',
  '"quoted\\"',
  '{5}',
  '\t)',
]

const stack = new AsyncDisposableStack()
let connection: ImapConnection
let session: ImapSession

/** From nothing but a header to three megabytes, with everything in it that means something in the protocol. */
function compose(number: number): Buffer {
  const octets = number === 0 ? 0 : number === 1 ? 3 << 20 : (number * 7919) % 70_000
  const lines = Array.from({ length: Math.ceil(octets / 12) }, (_value, index) => LINES[(index * number) % LINES.length])
  return Buffer.from(`From: ada@example.org\r\nSubject: ${number}\r\nMessage-ID: <${number}@example.org>\r\n\r\n${lines.join('\r\n')}`)
}

beforeAll(async () => {
  const authority = await createTestAuthority()
  const dovecot = stack.use(await startDovecot({ certificate: await authority.issue({ names: ['localhost', '127.0.0.1'] }) }))
  const egress = createEgressPolicy({
    allowHosts: ['localhost', '127.0.0.0/8'],
    allowPorts: [dovecot.imapsPort],
    extraCa: [authority.caCertificate],
  })
  const server = { protocol: 'imap', host: 'localhost', port: dovecot.imapsPort, tls: 'implicit' } as const
  connection = await openImapConnection({ server, username: 'ada@example.org', password: dovecot.password }, { egress })
  session = stack.use(createImapSession(connection))
  for (let number = 0; number < COUNT; number += 1) {
    await connection.client.append(
      'INBOX',
      compose(number),
      [...(FLAGS[number % FLAGS.length] ?? [])],
      new Date(1_700_000_000_000 + number * 86_413_000),
    )
  }
  await session.examine('INBOX')
}, 120_000)
afterAll(() => stack.disposeAsync())

async function readByLibrary(query: FetchQueryObject): Promise<readonly FetchMessageObject[]> {
  return connection.client.fetchAll('1:*', query, { uid: true })
}

const UIDS = Array.from({ length: COUNT }, (_value, index) => index + 1)

test('attributes and flags are those the library reads', async () => {
  const rows = await readByLibrary({ uid: true, flags: true, internalDate: true, size: true })
  const expected = rows.map((row) => ({
    uid: row.uid,
    words: [...(row.flags ?? [])].filter((flag) => flag !== '\\Recent').toSorted(),
    modseq: row.modseq,
    internalDate: row.internalDate,
    sizeOctets: row.size,
  }))
  const attributes = await session.fetchAttributes(UIDS)
  expect(attributes).toHaveLength(COUNT)
  expect(
    attributes.map(({ uid, flags, keywords, modseq, internalDate, sizeOctets }) => ({
      uid,
      words: [...flags, ...keywords].toSorted(),
      modseq,
      internalDate,
      sizeOctets,
    })),
  ).toEqual(expected)
  const told = attributes.map(({ uid, flags, keywords, modseq }) => ({ uid, flags, keywords, modseq }))
  expect(await session.fetchFlags({ from: 1, to: COUNT }, { maxRows: COUNT })).toEqual(told)
})

test('headers are those the library reads', async () => {
  const rows = await readByLibrary({ uid: true, headers: true })
  const headers = await session.fetchHeaders(UIDS)
  expect(headers.map(({ attributes, header }) => [attributes.uid, header.toString()])).toEqual(
    rows.map(({ uid, headers: header }) => [uid, header?.toString()]),
  )
})

test('sources are what was delivered, and what the library reads', async () => {
  const rows = await readByLibrary({ uid: true, source: true })
  const [whole, halves] = [
    await session.fetchSources(UIDS),
    await Promise.all([session.fetchSources(UIDS.slice(0, 30)), session.fetchSources(UIDS.slice(30))]),
  ]
  const pipelined = new Map([...halves[0], ...halves[1]])
  expect(rows).toHaveLength(COUNT)
  for (const { uid, source } of rows) {
    expect(whole.get(uid)?.equals(compose(uid - 1))).toBe(true)
    expect(whole.get(uid)?.equals(source ?? Buffer.alloc(0))).toBe(true)
    expect(pipelined.get(uid)?.equals(compose(uid - 1))).toBe(true)
  }
})

test('UIDs are those the library finds', async () => {
  expect(await session.listUids()).toEqual({ uids: await connection.client.search({ all: true }, { uid: true }), complete: true })
  expect(await session.listUidsFrom(COUNT - 2)).toEqual({ uids: [COUNT - 2, COUNT - 1, COUNT], exists: COUNT })
  expect(await session.listUidsFrom(COUNT + 1)).toEqual({ uids: [], exists: COUNT })
  const day = new Date('2023-12-01T00:00:00Z')
  expect(await session.listUidsBefore(day)).toEqual(await connection.client.search({ before: day }, { uid: true }))
})

const byPath = (list: MailboxList): MailboxListing[] => list.mailboxes.toSorted((left, right) => (left.path < right.path ? -1 : 1))

test('mailboxes and what STATUS tells of them are those the library lists', async () => {
  for (const path of ['Entwürfe', 'a&b', '日本語/Ordner', 'Sent Items', '"quoted"', '__proto__', '1:5', 'Sent', 'Archive/Sent']) {
    await connection.client.mailboxCreate(path)
  }
  const statusQuery = { messages: true, uidNext: true, uidValidity: true, highestModseq: true }
  const expected = readMailboxList(await connection.client.list({ statusQuery }))
  const { mailboxes, complete } = await session.listMailboxes()
  expect(byPath({ mailboxes, complete })).toEqual(byPath(expected))
  expect([complete, mailboxes.find(({ path }) => path === 'INBOX')?.status?.messages]).toEqual([true, COUNT])
  expect(mailboxes.find(({ path }) => path === '日本語/Ordner')?.status?.messages).toBe(0)
})
