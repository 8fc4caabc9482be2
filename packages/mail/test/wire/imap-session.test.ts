import { beforeAll, describe, expect, it } from 'vitest'
import { MailFault, type ImapSession } from '../../src/index.ts'
import { HANG, type AnsweringServerOptions } from './answering-server.ts'
import { createSessionStand, EXAMINE, faultOf, openSession, type OpenedSession, type SessionStand } from './session-stand.ts'

let shared: SessionStand
beforeAll(async () => {
  shared = await createSessionStand()
})

async function open(answers: AnsweringServerOptions['answers'], capabilities = ''): Promise<OpenedSession> {
  return openSession(shared, answers, { capabilities })
}

describe('examine', () => {
  it('opens read-only, and tells a snapshot that does not move', async () => {
    await using stand = await open({ EXAMINE, 'UID FETCH': '* 4 EXISTS\r\n* 4 FETCH (UID 90 FLAGS ())\r\n{tag} OK done\r\n' })
    const examined = await stand.session.examine('INBOX')
    await stand.session.fetchFlags({ from: 1, to: 100 }, { maxRows: 10 })
    expect(examined).toEqual({ path: 'INBOX', uidValidity: 7n, uidNext: 11, exists: 3, highestModseq: null, changes: null })
    expect(stand.server.commands.some((command) => command.startsWith('SELECT'))).toBe(false)
  })

  it.each<[string, string, Partial<Awaited<ReturnType<ImapSession['examine']>>>]>([
    ['no UIDVALIDITY (faults A3)', '* 3 EXISTS\r\n', { uidValidity: 0n }],
    ['UIDVALIDITY 0', '* OK [UIDVALIDITY 0] ok\r\n', { uidValidity: 0n }],
    ['a UIDVALIDITY that is no number', '* OK [UIDVALIDITY x] ok\r\n', { uidValidity: 0n }],
    ['a UIDVALIDITY beyond 63 bits', '* OK [UIDVALIDITY 99999999999999999999999] ok\r\n', { uidValidity: 0n }],
    ['no UIDNEXT (faults A5): it is not taken for 1', '* 3 EXISTS\r\n', { uidNext: null }],
    ['a UIDNEXT that is no number', '* OK [UIDNEXT -5] ok\r\n', { uidNext: null }],
    ['a UIDNEXT beyond 32 bits', '* OK [UIDNEXT 99999999999] ok\r\n', { uidNext: null }],
    ['no EXISTS', '', { exists: 0 }],
    ['EXISTS beyond reason (faults A14)', '* 99999999999999 EXISTS\r\n', { exists: 0 }],
    ['HIGHESTMODSEQ with 63 bits', '* OK [HIGHESTMODSEQ 9223372036854775807] ok\r\n', { highestModseq: 9_223_372_036_854_775_807n }],
    ['HIGHESTMODSEQ beyond 63 bits', '* OK [HIGHESTMODSEQ 9223372036854775808] ok\r\n', { highestModseq: null }],
    ['NOMODSEQ', '* OK [HIGHESTMODSEQ 5] ok\r\n* OK [NOMODSEQ] none\r\n', { highestModseq: null }],
  ])('%s', async (_what, untagged, expected) => {
    await using stand = await open({ EXAMINE: `${untagged}{tag} OK [READ-ONLY] done\r\n` }, 'CONDSTORE')
    expect(await stand.session.examine('INBOX')).toMatchObject(expected)
  })

  it.each([
    ['NONEXISTENT', 'mailbox', 'sync.server_error'],
    ['NOPERM', 'permission', 'sync.permission_denied'],
    ['UNAVAILABLE', 'transient', 'upstream.unavailable'],
    ['LIMIT', 'throttle', 'upstream.rate_limited'],
  ])('NO [%s] is a fault of class %s, and the session goes on', async (code, faultClass, expected) => {
    await using stand = await open({ 'EXAMINE BROKEN': `{tag} NO [${code}] not now\r\n`, EXAMINE })
    expect(await faultOf(stand.session.examine('Broken'))).toMatchObject({ class: faultClass, code: expected })
    expect(stand.session.usable).toBe(true)
    expect((await stand.session.examine('INBOX')).exists).toBe(3)
  })
})

describe('getStatus', () => {
  it('is null when the server refuses, and the session goes on', async () => {
    await using stand = await open({ STATUS: '{tag} NO not now\r\n', LIST: '* LIST () "/" INBOX\r\n{tag} OK done\r\n' })
    expect([await stand.session.getStatus('INBOX'), stand.session.usable]).toEqual([null, true])
  })

  it.each(['', '* STATUS INBOX (MESS', '* STATUS INBOX (MESSAGES 3 UIDNEXT 11)\r\n'])(
    'is a lost connection, and no refusal, when the server hangs up after %j: a renamed mailbox would be taken for a new one',
    async (cut) => {
      await using stand = await open({ STATUS: { cut } })
      expect(await faultOf(stand.session.getStatus('INBOX'))).toMatchObject({ class: 'transient', code: 'upstream.unavailable' })
    },
  )
})

const opening = (modseq: string, told: string): string =>
  `* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 11] ok\r\n* OK [HIGHESTMODSEQ ${modseq}] ok\r\n${told}{tag} OK [READ-ONLY] done\r\n`

describe('examine with QRESYNC (RFC 7162 section 3.2.5)', () => {
  const KNOWN = { uidValidity: 7n, highestModseq: 100n }
  const enabled = { ENABLE: '* ENABLED QRESYNC\r\n{tag} OK done\r\n' }
  const TOLD = '* VANISHED (EARLIER) 1:4294967295\r\n* 2 FETCH (UID 9 FLAGS (\\Seen \\Recent) MODSEQ (9223372036854775807))\r\n'

  it('sends what is known, and tells what changed, ranges as ranges and mod-sequences to the last bit', async () => {
    await using stand = await open({ ...enabled, EXAMINE: opening('9223372036854775807', TOLD) }, 'ENABLE CONDSTORE QRESYNC')
    const { changes } = await stand.session.examine('INBOX', KNOWN)
    expect(stand.server.commands.filter((command) => command.startsWith('EXAMINE'))).toEqual(['EXAMINE INBOX (QRESYNC (7 100))'])
    expect(changes).toEqual({
      flags: [{ uid: 9, flags: ['\\Seen'], keywords: [], modseq: 9_223_372_036_854_775_807n }],
      vanished: [{ from: 1, to: 4_294_967_295 }],
    })
  })

  it.each([
    ['of another epoch', { uidValidity: 8n, highestModseq: 100n }, opening('200', TOLD)],
    ['with mod-sequences that went backwards', KNOWN, opening('99', TOLD)],
    ['that keeps no mod-sequences', KNOWN, opening('200', `* OK [NOMODSEQ] none\r\n${TOLD}`)],
  ])('believes nothing a mailbox tells %s', async (_what, known, answer) => {
    await using stand = await open({ ...enabled, EXAMINE: answer }, 'ENABLE CONDSTORE QRESYNC')
    expect((await stand.session.examine('INBOX', known)).changes).toBeNull()
  })

  it('asks for nothing where it is not enabled', async () => {
    await using stand = await open({ EXAMINE })
    expect((await stand.session.examine('INBOX', KNOWN)).changes).toBeNull()
    expect(stand.server.commands).toContain('EXAMINE INBOX')
  })

  it('counts what vanishes while the mailbox is open', async () => {
    const search = '* SEARCH 1 9\r\n* VANISHED 5\r\n{tag} OK done\r\n'
    await using stand = await open({ ...enabled, EXAMINE: opening('200', ''), 'UID SEARCH': search }, 'ENABLE CONDSTORE QRESYNC')
    await stand.session.examine('INBOX', KNOWN)
    expect(await stand.session.listUids()).toEqual({ uids: [1, 9], complete: true })
  })
})

describe('listUidsFrom', () => {
  it('leaves out the last message, which the server names when there is nothing from there on (faults A6)', async () => {
    await using stand = await open({ EXAMINE, 'UID SEARCH': '* SEARCH 9\r\n{tag} OK done\r\n' })
    await stand.session.examine('INBOX')
    expect(await stand.session.listUidsFrom(11)).toEqual({ uids: [], exists: 3 })
  })

  it('is null when it is refused', async () => {
    await using stand = await open({ EXAMINE, 'UID SEARCH': '{tag} NO not now\r\n' })
    await stand.session.examine('INBOX')
    expect(await stand.session.listUidsFrom(11)).toBeNull()
  })
})

describe('listUidsBefore', () => {
  it('asks for whole days, as every server understands them', async () => {
    await using stand = await open({ EXAMINE, 'UID SEARCH': '* SEARCH 1 2 99999999999\r\n{tag} OK done\r\n' })
    await stand.session.examine('INBOX')
    expect(await stand.session.listUidsBefore(new Date('2026-01-05T00:00:00Z'))).toEqual([1, 2])
    expect(stand.server.commands.some((line) => line.includes('UID SEARCH BEFORE 05-Jan-2026'))).toBe(true)
  })

  it('is empty when there are none, and null when it is refused', async () => {
    await using none = await open({ EXAMINE, 'UID SEARCH': '* SEARCH\r\n{tag} OK done\r\n' })
    await none.session.examine('INBOX')
    expect(await none.session.listUidsBefore(new Date('2026-01-05'))).toEqual([])
    await using refused = await open({ EXAMINE, 'UID SEARCH': '{tag} NO not now\r\n' })
    await refused.session.examine('INBOX')
    expect(await refused.session.listUidsBefore(new Date('2026-01-05'))).toBeNull()
  })
})

describe('listUids', () => {
  it.each<[string, string, { uids: number[]; complete: boolean }]>([
    ['as many as there are', '* SEARCH 1 2 9\r\n{tag} OK done\r\n', { uids: [1, 2, 9], complete: true }],
    ['in any order and twice', '* SEARCH 9 1\r\n* SEARCH 2 9\r\n{tag} OK done\r\n', { uids: [1, 2, 9], complete: true }],
    ['fewer than there are (faults A14, A16)', '* SEARCH 1 2\r\n{tag} OK done\r\n', { uids: [1, 2], complete: false }],
    ['none at all, though there are some', '{tag} OK done\r\n', { uids: [], complete: false }],
    ['more than there are', '* SEARCH 1 2 3 4\r\n{tag} OK done\r\n', { uids: [1, 2, 3, 4], complete: false }],
    ['a refusal', '{tag} NO not now\r\n', { uids: [], complete: false }],
    ['nonsense between numbers', '* SEARCH 1 0 2 99999999999 9\r\n{tag} OK done\r\n', { uids: [1, 2, 9], complete: true }],
    ['one came meanwhile', '* SEARCH 1 2 9\r\n* 4 EXISTS\r\n{tag} OK done\r\n', { uids: [1, 2, 9], complete: false }],
    ['one went meanwhile', '* SEARCH 1 2 9\r\n* 1 EXPUNGE\r\n{tag} OK done\r\n', { uids: [1, 2, 9], complete: false }],
  ])('%s', async (_what, search, expected) => {
    await using stand = await open({ EXAMINE, 'UID SEARCH': search })
    await stand.session.examine('INBOX')
    expect(await stand.session.listUids()).toEqual(expected)
  })

  it.each<[string, { cut: string } | string]>([
    ['cut off in the middle', { cut: '* SEARCH 1 2' }],
    ['cut off before the tagged answer', { cut: '* SEARCH 1 2 9\r\n' }],
    ['BYE (faults B2)', '* BYE shutting down\r\n'],
  ])('%s is a fault, never an empty mailbox', async (_what, search) => {
    await using stand = await open({ EXAMINE, 'UID SEARCH': search })
    await stand.session.examine('INBOX')
    expect(await faultOf(stand.session.listUids())).toMatchObject({ class: 'transient' })
    expect(stand.session.usable).toBe(false)
  })
})

const row = (uid: number, rest: string): string => `* 1 FETCH (UID ${uid} FLAGS (\\Seen) RFC822.SIZE 100 ${rest})\r\n`

describe('fetching', () => {
  const SOURCE = 'Subject: x\r\n\r\nbody\r\n'

  it('peeks, and keeps the octets', async () => {
    await using stand = await open({
      EXAMINE,
      'UID FETCH': `* 1 FETCH (UID 5 BODY[] {${SOURCE.length}}\r\n${SOURCE})\r\n{tag} OK done\r\n`,
    })
    await stand.session.examine('INBOX')
    expect((await stand.session.fetchSources([5])).get(5)?.toString('latin1')).toBe(SOURCE)
    expect(stand.server.commands.at(-1)).toContain('BODY.PEEK[]')
    // There are servers that answer a partial fetch with other octets, and say OK.
    expect(stand.server.commands.at(-1)).not.toContain('<')
  })

  it('takes rows that were asked for, and no others (faults A6)', async () => {
    await using stand = await open({
      EXAMINE,
      'UID FETCH': `* 9 FETCH (FLAGS (\\Seen))\r\n* 3 FETCH (UID 77 BODY[] {1}\r\nx)\r\n* 1 FETCH (UID 5 BODY[] {1}\r\ny)\r\n{tag} OK done\r\n`,
    })
    await stand.session.examine('INBOX')
    expect([...(await stand.session.fetchSources([5, 6])).keys()]).toEqual([5])
  })

  it('reads attributes as far as there are any', async () => {
    await using stand = await open({
      EXAMINE,
      'UID FETCH': [
        '* 1 FETCH (UID 5 FLAGS (\\seen \\Recent Work $Junk) INTERNALDATE "15-Jan-2026 10:20:30 +0000" RFC822.SIZE 100)',
        '* 2 FETCH (UID 6 FLAGS () INTERNALDATE "nonsense" RFC822.SIZE -1)',
        '* 3 FETCH (UID 7 INTERNALDATE "15-Jan-2026 10:20:30 +0000" RFC822.SIZE 1)',
        '{tag} OK done\r\n',
      ].join('\r\n'),
    })
    await stand.session.examine('INBOX')
    expect(await stand.session.fetchAttributes([5, 6, 7])).toEqual([
      {
        uid: 5,
        flags: ['\\Seen'],
        keywords: ['$Junk', 'Work'],
        modseq: null,
        internalDate: new Date('2026-01-15T10:20:30Z'),
        sizeOctets: 100,
        emailId: null,
      },
      { uid: 6, flags: [], keywords: [], modseq: null, internalDate: null, sizeOctets: 0, emailId: null },
    ])
  })

  it('reads headers with their attributes, each message once and ascending', async () => {
    const HEADER = 'Subject: x\r\n\r\n'
    const header = `BODY[HEADER] {${HEADER.length}}\r\n${HEADER}`
    await using stand = await open({
      EXAMINE,
      'UID FETCH': `${row(6, header)}${row(77, header)}${row(5, header)}${row(6, header)}${row(7, '')}{tag} OK done\r\n`,
    })
    await stand.session.examine('INBOX')
    const read = await stand.session.fetchHeaders([5, 6, 7])
    expect(read.map(({ attributes, header: octets }) => [attributes.uid, attributes.sizeOctets, octets.toString()])).toEqual([
      [5, 100, HEADER],
      [6, 100, HEADER],
    ])
    expect(stand.server.commands.at(-1)).toContain('BODY.PEEK[HEADER]')
  })

  it('writes sources into the memory it is given', async () => {
    const given: Buffer[] = []
    await using stand = await open({
      EXAMINE,
      'UID FETCH': `* 1 FETCH (UID 5 BODY[] {${SOURCE.length}}\r\n${SOURCE})\r\n{tag} OK done\r\n`,
    })
    await stand.session.examine('INBOX')
    const sources = await stand.session.fetchSources([5], {
      allocate: (octets) => {
        const memory = Buffer.from(new SharedArrayBuffer(octets + 8))
        given.push(memory)
        return memory
      },
    })
    expect(sources.get(5)?.toString('latin1')).toBe(SOURCE)
    expect(sources.get(5)?.buffer).toBe(given[0]?.buffer)
  })

  it('refuses more rows than there can be (faults B7)', async () => {
    const rows = Array.from({ length: 500 }, (_value, index) => `* ${index + 1} FETCH (UID ${index + 1} FLAGS ())\r\n`).join('')
    await using stand = await open({ EXAMINE, 'UID FETCH': `${rows}{tag} OK done\r\n` })
    await stand.session.examine('INBOX')
    expect(await faultOf(stand.session.fetchFlags({ from: 1, to: 1_000 }, { maxRows: 100 }))).toMatchObject({
      class: 'protocol',
      code: 'sync.server_error',
    })
  })

  it.each<[string, string]>([
    ['a literal of 4 GB (faults B6)', '* 1 FETCH (UID 5 BODY[] {4294967295}\r\n'],
    ['a literal without an end of digits', '* 1 FETCH (UID 5 BODY[] {99999999999999999999}\r\n'],
    ['a line of 4 MB (faults B5)', `* 1 FETCH (UID 5 FLAGS (${'x'.repeat(4_000_000)}`],
    ['brackets in brackets (faults B8)', `* 1 FETCH (UID 5 BODYSTRUCTURE ${'('.repeat(100_000)}\r\n`],
  ])('%s ends the connection', async (_what, untagged) => {
    await using stand = await open({ EXAMINE, 'UID FETCH': untagged })
    await stand.session.examine('INBOX')
    await faultOf(stand.session.fetchSources([5]))
    await expect.poll(() => stand.server.openConnections).toBe(0)
  })

  it('is over at its deadline, whatever drips (faults B4)', async () => {
    await using stand = await open({ EXAMINE, 'UID FETCH': HANG })
    await stand.session.examine('INBOX')
    const started = performance.now()
    expect(await faultOf(stand.session.fetchSources([5]))).toMatchObject({ code: 'host.timeout', class: 'transient' })
    expect(performance.now() - started).toBeLessThan(4_000)
    expect(stand.session.usable).toBe(false)
    await expect.poll(() => stand.server.openConnections).toBe(0)
  })

  it('with no mailbox open is a fault, not nothing (faults A16)', async () => {
    await using stand = await open({})
    expect(await faultOf(stand.session.fetchSources([5]))).toBeInstanceOf(MailFault)
  })
})

const list = (...lines: readonly string[]): string => `${lines.map((line) => `* LIST ${line}\r\n`).join('')}{tag} OK done\r\n`

describe('listMailboxes', () => {
  it('decodes names and keeps them exactly (faults A20)', async () => {
    await using stand = await open({
      'LIST ""': list(
        '() "/" INBOX',
        '(\\HasNoChildren) "/" "Entw&APw-rfe"',
        '() "/" "&ZeVnLIqe-"',
        '() "/" "a&-b"',
        '() "/" "a*b%c"',
        '() "/" "__proto__"',
        '() "/" "constructor"',
        '(\\Noselect) "/" "Ordner"',
        '(\\NonExistent) "/" "Ghost"',
        '(\\Sent) "/" "Gesendet"',
        '() NIL "flat"',
      ),
    })
    const { mailboxes, complete } = await stand.session.listMailboxes()
    expect(complete).toBe(true)
    expect(new Map(mailboxes.map((mailbox) => [mailbox.path, mailbox.selectable]))).toEqual(
      new Map([
        ['INBOX', true],
        ['Entwürfe', true],
        ['日本語', true],
        ['a&b', true],
        ['a*b%c', true],
        ['__proto__', true],
        ['constructor', true],
        ['Ordner', false],
        ['Ghost', false],
        ['Gesendet', true],
        ['flat', true],
      ]),
    )
    expect(mailboxes.find(({ path }) => path === 'Gesendet')?.specialUse).toBe('\\Sent')
    expect(mailboxes.find(({ path }) => path === 'INBOX')?.specialUse).toBe('\\Inbox')
    expect(mailboxes.find(({ path }) => path === 'flat')?.delimiter).toBeNull()
  })

  it('sends names back as they came, whatever the namespaces, and leaves those of other people alone', async () => {
    await using stand = await open(
      {
        NAMESPACE: '* NAMESPACE (("INBOX." ".")) (("user." ".")) (("shared." "."))\r\n{tag} OK done\r\n',
        'LIST "" "*"': list('() "." INBOX', '() "." INBOX.Sent', '() "." Beside', '() "." user.joe', '() "." shared.news'),
        EXAMINE,
      },
      'NAMESPACE',
    )
    const { mailboxes } = await stand.session.listMailboxes()
    expect(mailboxes.map(({ path }) => path).toSorted()).toEqual(['Beside', 'INBOX', 'INBOX.Sent'])
    await stand.session.examine('Beside')
    expect(stand.server.commands.at(-1)).toBe('EXAMINE Beside')
  })

  it('knows INBOX in any case, once', async () => {
    await using stand = await open({ 'LIST ""': list('() "/" inbox', '() "/" INBOX', '() "/" Inbox') })
    expect((await stand.session.listMailboxes()).mailboxes.map(({ path }) => path)).toEqual(['INBOX'])
  })

  it.each<[string, string]>([
    ['empty', '{tag} OK done\r\n'],
    ['without INBOX', '* LIST () "/" Sent\r\n{tag} OK done\r\n'],
  ])('that is %s proves nothing', async (_what, answer) => {
    await using stand = await open({ 'LIST ""': answer })
    expect((await stand.session.listMailboxes()).complete).toBe(false)
  })

  it('that is refused is a fault', async () => {
    await using stand = await open({ 'LIST ""': '{tag} NO not now\r\n' })
    expect(await faultOf(stand.session.listMailboxes())).toMatchObject({ class: 'transient' })
  })

  it('is bounded (faults A19)', async () => {
    const many = Array.from({ length: 12_000 }, (_value, index) => `() "/" m${index}`)
    await using stand = await open({ 'LIST ""': list('() "/" INBOX', ...many) })
    const { mailboxes, complete } = await stand.session.listMailboxes()
    expect([mailboxes.length, complete]).toEqual([10_000, false])
  }, 30_000)
})
