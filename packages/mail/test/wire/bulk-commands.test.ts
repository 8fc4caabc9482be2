import { beforeAll, describe, expect, it } from 'vitest'
import { createImapWatch } from '../../src/index.ts'
import { HANG, type AnsweringServerOptions } from './answering-server.ts'
import { createSessionStand, EXAMINE, faultOf, openSession, type OpenedSession, type SessionStand } from './session-stand.ts'

let shared: SessionStand
beforeAll(async () => {
  shared = await createSessionStand()
})

/** Signed in, with INBOX open. */
async function open(answers: AnsweringServerOptions['answers'], capabilities = '', signal?: AbortSignal): Promise<OpenedSession> {
  const opened = await openSession(shared, { EXAMINE, ...answers }, { capabilities, ...(signal === undefined ? {} : { signal }) })
  await opened.session.examine('INBOX')
  return opened
}

const fetched = (...rows: readonly string[]): AnsweringServerOptions['answers'] => ({
  'UID FETCH': `${rows.map((row) => `* ${row}\r\n`).join('')}{tag} OK done\r\n`,
})
function refuseMemory(): Buffer {
  throw new RangeError('none left')
}

const ENABLED = { ENABLE: '* ENABLED CONDSTORE QRESYNC\r\n{tag} OK done\r\n' }

describe('what is asked', () => {
  it.each<[string, string, string]>([
    ['no more than every server knows', '', 'UID FETCH 5 (UID FLAGS INTERNALDATE RFC822.SIZE)'],
    ['mod-sequences of CONDSTORE', 'ENABLE CONDSTORE', 'UID FETCH 5 (UID FLAGS INTERNALDATE RFC822.SIZE MODSEQ)'],
    ['identifiers of OBJECTID', 'OBJECTID', 'UID FETCH 5 (UID FLAGS INTERNALDATE RFC822.SIZE EMAILID)'],
    ["Gmail's identifiers", 'X-GM-EXT-1', 'UID FETCH 5 (UID FLAGS INTERNALDATE RFC822.SIZE X-GM-MSGID)'],
  ])('is %s', async (_what, capabilities, command) => {
    await using stand = await open({ ...ENABLED, ...fetched() }, capabilities)
    await stand.session.fetchAttributes([5])
    expect(stand.server.commands.at(-1)).toBe(command)
  })

  it('is what changed, where the server can tell, and everything where not', async () => {
    await using knowing = await open({ ...ENABLED, ...fetched() }, 'ENABLE CONDSTORE QRESYNC')
    await knowing.session.fetchFlags({ from: 1, to: 9 }, { changedSince: 77n, maxRows: 10 })
    expect(knowing.server.commands.at(-1)).toBe('UID FETCH 1:9 (UID FLAGS MODSEQ) (CHANGEDSINCE 77)')
    await using other = await open(fetched())
    await other.session.fetchFlags({ from: 1, to: 9 }, { changedSince: 77n, maxRows: 10 })
    expect(other.server.commands.at(-1)).toBe('UID FETCH 1:9 (UID FLAGS)')
  })

  it('is nothing of mod-sequences in a mailbox that keeps none', async () => {
    const examined = EXAMINE.replace('{tag}', '* OK [NOMODSEQ] none\r\n{tag}')
    await using stand = await open({ ...ENABLED, ...fetched(), EXAMINE: examined }, 'ENABLE CONDSTORE')
    await stand.session.fetchFlags({ from: 1, to: 9 }, { changedSince: 77n, maxRows: 10 })
    expect(stand.server.commands.at(-1)).toBe('UID FETCH 1:9 (UID FLAGS)')
  })
})

describe('a list of UIDs', () => {
  it('comes as ranges where the server knows ESEARCH', async () => {
    const answers = { 'UID SEARCH RETURN': '* ESEARCH (TAG "{tag}") UID ALL 1:2,9\r\n{tag} OK done\r\n' }
    await using stand = await open(answers, 'ESEARCH')
    expect(await stand.session.listUids()).toEqual({ uids: [1, 2, 9], complete: true })
    expect(stand.server.commands.at(-1)).toBe('UID SEARCH RETURN (ALL) ALL')
    expect(await stand.session.listUidsFrom(9)).toEqual({ uids: [9], exists: 3 })
    expect(stand.server.commands.at(-1)).toBe('UID SEARCH RETURN (ALL) UID 9:*')
  })

  it.each([
    ['refuses it', '{tag} BAD what is RETURN?\r\n'],
    ['answers it with nothing', '{tag} OK done\r\n'],
  ])('is asked for without ESEARCH when a server that offers it %s (faults A11)', async (_what, answer) => {
    const answers = { 'UID SEARCH RETURN': answer, 'UID SEARCH': '* SEARCH 1 2 9\r\n{tag} OK done\r\n' }
    await using stand = await open(answers, 'ESEARCH')
    expect(await stand.session.listUids()).toEqual({ uids: [1, 2, 9], complete: true })
    expect(await stand.session.listUidsFrom(9)).toEqual({ uids: [9], exists: 3 })
    expect(stand.server.commands.filter((command) => command.includes('RETURN'))).toHaveLength(1)
  })

  it('of a million messages is read in one line', async () => {
    const uids = Array.from({ length: 1_000_000 }, (_value, index) => index * 2 + 1_000_001)
    const answers = {
      EXAMINE: EXAMINE.replace('3 EXISTS', '1000000 EXISTS'),
      'UID SEARCH': `* SEARCH ${uids.join(' ')}\r\n{tag} OK done\r\n`,
    }
    await using stand = await open(answers)
    const list = await stand.session.listUids()
    expect([list.uids.length, list.complete, list.uids.at(-1)]).toEqual([1_000_000, true, 2_999_999])
  })

  it('of more UIDs than there can be is cut, and proves nothing (faults A14)', async () => {
    await using stand = await open({ 'UID SEARCH': '* ESEARCH UID ALL 1:4294967295\r\n{tag} OK done\r\n' }, 'ESEARCH')
    const { uids, complete } = await stand.session.listUids()
    expect([uids.length < 200_000, complete]).toEqual([true, false])
  })

  it('that has to wait is a fault with the time', async () => {
    await using stand = await open({ 'UID SEARCH': '{tag} BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds\r\n' })
    expect(await faultOf(stand.session.listUids())).toMatchObject({ class: 'throttle', retryAfterMs: 92_415 })
    expect(stand.session.usable).toBe(true)
  })
})

describe('what a server says beside its answer', () => {
  it('counts: a message more, and one less', async () => {
    await using stand = await open({
      ...fetched('4 EXISTS', '1 FETCH (UID 5 FLAGS ())', '1 EXPUNGE'),
      'UID SEARCH': '* SEARCH 1 2 9\r\n{tag} OK\r\n',
    })
    await stand.session.fetchFlags({ from: 1, to: 9 }, { maxRows: 10 })
    expect(await stand.session.listUids()).toEqual({ uids: [1, 2, 9], complete: true })
  })

  it.each([
    ['a message that came', '4 EXISTS'],
    ['a message that went', '2 EXPUNGE'],
    ['flags that changed', '1 FETCH (FLAGS (\\Seen))'],
    ['flags of another message', '1 FETCH (UID 77 FLAGS (\\Seen))'],
  ])('is news for who watches: %s', async (_what, said) => {
    await using stand = await open(fetched('1 FETCH (UID 5 BODY[] "x")', said), 'IDLE')
    const watch = createImapWatch(stand.connection)
    watch.beginLook()
    expect((await stand.session.fetchSources([5])).size).toBe(1)
    expect(await watch.untilChanged()).toBe('changed')
  })

  it('is no news when it was asked for', async () => {
    await using stand = await open({ ...fetched('1 FETCH (UID 5 FLAGS (\\Seen))'), IDLE: '+ idling\r\n' }, 'IDLE')
    const watch = createImapWatch(stand.connection)
    watch.beginLook()
    await stand.session.fetchFlags({ from: 1, to: 9 }, { maxRows: 10 })
    const outcome = watch.untilChanged()
    await expect.poll(() => stand.server.commands.at(-1)).toBe('IDLE')
    watch.interrupt()
    expect(await outcome).toBe('interrupted')
  })
})

describe('the connection', () => {
  it('is shared with the library, in turns', async () => {
    const status = '* STATUS INBOX (MESSAGES 3)\r\n{tag} OK done\r\n'
    await using stand = await open({ ...fetched('1 FETCH (UID 5 BODY[] {3}\r\nabc)'), STATUS: status })
    for (let turn = 0; turn < 3; turn += 1) {
      const [sources, told, others] = await Promise.all([
        stand.session.fetchSources([5]),
        stand.session.getStatus('INBOX'),
        stand.session.fetchSources([5]),
      ])
      expect([sources.get(5)?.toString(), told?.messages, others.get(5)?.toString()]).toEqual(['abc', 3, 'abc'])
    }
  })

  it('is destroyed when the caller gives up in the middle of an answer', async () => {
    const caller = new AbortController()
    await using stand = await open({ 'UID FETCH': '* 1 FETCH (UID 5 BODY[] {100}\r\nabc' }, '', caller.signal)
    const allocated = Promise.withResolvers<number>()
    const sources = stand.session.fetchSources([5], {
      allocate: (octets) => {
        allocated.resolve(octets)
        return Buffer.alloc(octets)
      },
    })
    expect(await allocated.promise).toBe(100)
    caller.abort(new Error('enough'))
    await expect(sources).rejects.toThrow('enough')
    await expect.poll(() => stand.server.openConnections).toBe(0)
  })

  it('is destroyed when it is disposed of while an answer is awaited', async () => {
    await using stand = await open({ 'UID FETCH': HANG })
    const sources = faultOf(stand.session.fetchSources([5]))
    await expect.poll(() => stand.server.commands.at(-1)).toMatch(/^UID FETCH/u)
    await stand.session[Symbol.asyncDispose]()
    expect(await sources).toMatchObject({ class: 'transient' })
    await expect.poll(() => stand.server.openConnections).toBe(0)
  })

  it.each<[string, string | { cut: string }, object]>([
    ['hangs up in a body', { cut: '* 1 FETCH (UID 5 BODY[] {9}\r\nabc' }, { class: 'transient', code: 'upstream.unavailable' }],
    ['hangs up before the end', { cut: '* 1 FETCH (UID 5 BODY[] "a")\r\n' }, { class: 'transient' }],
    [
      'says BYE in between (faults B2, B17)',
      '* 1 FETCH (UID 5 BODY[] "a")\r\n* BYE \u001b[31mgoing\u00e2\u0080\u00ae down\r\n',
      { class: 'transient', code: 'upstream.unavailable', serverResponse: 'BYE  [31mgoing down' },
    ],
    ['sends a literal of 65 MB', '* 1 FETCH (UID 5 BODY[] {68157441}\r\n', { class: 'protocol', code: 'sync.server_error' }],
    ['sends more of a literal than it said (faults B6)', '* 1 FETCH (UID 5 BODY[] {1}\r\nab)\r\n', { class: 'protocol' }],
    ['nests lists without end (faults B8)', `* 1 FETCH (UID 5 X ${'('.repeat(100_000)}\r\n`, { class: 'protocol' }],
    ['sends a line without end (faults B5)', `* 1 FETCH (UID 5 FLAGS (${'x'.repeat(2 << 20)}`, { class: 'protocol' }],
    ['answers nonsense', '{tag} WELL done\r\n', { class: 'protocol' }],
  ])('is over when a server %s', async (_what, answer, fault) => {
    await using stand = await open({ 'UID FETCH': answer })
    expect(await faultOf(stand.session.fetchSources([5]))).toMatchObject({ stage: 'ready', ...fault })
    expect(stand.session.usable).toBe(false)
    await expect.poll(() => stand.server.openConnections).toBe(0)
  })

  it.each([
    ['NO [UNAVAILABLE] later', { class: 'transient', code: 'upstream.unavailable' }],
    ['NO [LIMIT] slowly', { class: 'throttle', code: 'upstream.rate_limited' }],
    ['BAD what?', { class: 'protocol' }],
  ])('stands when a server answers %s', async (said, fault) => {
    await using stand = await open({ 'UID FETCH 5': `{tag} ${said}\r\n`, ...fetched('1 FETCH (UID 6 BODY[] "x")') })
    expect(await faultOf(stand.session.fetchSources([5]))).toMatchObject({ stage: 'ready', ...fault })
    expect((await stand.session.fetchSources([6])).size).toBe(1)
  })

  it('is over when there is no memory', async () => {
    await using stand = await open(fetched('1 FETCH (UID 5 BODY[] {3}\r\nabc)'))
    expect((await faultOf(stand.session.fetchSources([5], { allocate: refuseMemory }))).cause).toMatchObject({
      message: expect.stringContaining('none left'),
    })
    expect(stand.session.usable).toBe(false)
  })
})

it.each<[string, string, string]>([
  ['a quoted string', 'BODY[] "a \\"b\\""', 'a "b"'],
  ['NIL', 'BODY[] NIL', ''],
  ['a literal8', 'BODY[] ~{2}\r\n\0\xff', '\0\xff'],
  ['an answer to a partial fetch nobody made', 'BODY[]<0> {1}\r\na', 'a'],
  ['an item of RFC 3501', 'RFC822 {1}\r\na', 'a'],
])('a source may come as %s', async (_what, item, source) => {
  await using stand = await open(fetched(`1 FETCH (FLAGS () ${item} UID 5)`))
  expect((await stand.session.fetchSources([5])).get(5)?.toString('latin1')).toBe(source)
})
