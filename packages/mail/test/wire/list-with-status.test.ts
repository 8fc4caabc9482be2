import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { readMailboxList } from '../../src/imap/read-mailbox-list.ts'
import { createImapWatch, type MailboxList } from '../../src/index.ts'
import { HANG, type Answer } from './answering-server.ts'
import { createSessionStand, EXAMINE, faultOf, openSession, type OpenedSession, type SessionStand } from './session-stand.ts'

let shared: SessionStand
beforeAll(async () => {
  shared = await createSessionStand()
})

const OURS = 'LIST "" "*" RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ) SPECIAL-USE)'
const OFFERED = 'LIST-STATUS SPECIAL-USE CONDSTORE'
const STATUS_QUERY = { messages: true, uidNext: true, uidValidity: true, highestModseq: true }

/** With octets as they are: the server writes them one for one. */
const say = (...lines: readonly string[]): string =>
  Buffer.from(`${lines.map((line) => `* ${line}\r\n`).join('')}{tag} OK done\r\n`).toString('latin1')

async function open(
  lists: string | typeof HANG,
  capabilities = OFFERED,
  others: Readonly<Record<string, Answer>> = {},
): Promise<OpenedSession> {
  return openSession(shared, { 'LIST "" "*"': lists, EXAMINE, ...others }, { capabilities })
}

const listsOf = ({ server }: OpenedSession): readonly string[] =>
  server.commands.filter((command) => /^(?:LIST "" "\*"|LSUB|STATUS)/u.test(command))

/** In one order: it is not promised. */
function sorted({ mailboxes, complete }: MailboxList): MailboxList {
  return { mailboxes: mailboxes.toSorted((left, right) => (left.path < right.path ? -1 : 1)), complete }
}

async function readByLibrary({ connection }: OpenedSession): Promise<MailboxList> {
  return sorted(readMailboxList(await connection.client.list({ statusQuery: STATUS_QUERY })))
}

const INBOX = ['LIST () "/" INBOX', 'STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 5 HIGHESTMODSEQ 6)']

describe('LIST with STATUS is read as the library reads it', () => {
  it.each<[string, readonly string[]]>([
    ['in plain words', [...INBOX, 'LIST (\\HasNoChildren \\Sent) "/" Gesendet', 'STATUS Gesendet (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 9)']],
    ['statuses first, and in another order', INBOX.toReversed()],
    [
      'names in modified UTF-7',
      [...INBOX, 'LIST () "/" "Entw&APw-rfe"', 'STATUS "Entw&APw-rfe" (MESSAGES 1)', 'LIST () "/" a&-b', 'LIST () "/" &bad'],
    ],
    ['names in UTF-8', [...INBOX, 'LIST () "/" "Entwürfe"', 'STATUS "Entwürfe" (MESSAGES 1)', 'LIST () "/" 日本語']],
    ['names as literals', [...INBOX, 'LIST () "/" {7}\r\na "b\\ (', 'STATUS {7}\r\na "b\\ ( (MESSAGES 8)', 'LIST () "/" {0}\r\n']],
    [
      'names with everything in them',
      [...INBOX, 'LIST () "/" "__proto__"', 'LIST () "/" "a*b%c"', String.raw`LIST () "/" "q\"u\\o"`, 'LIST () "/" 1:5', 'LIST () "/" 12'],
    ],
    [
      'names that are none',
      [...INBOX, 'LIST () "/" NIL', 'LIST () "/" ""', 'LIST () "/"', 'STATUS NIL (MESSAGES 3)', 'STATUS "" (MESSAGES 3)'],
    ],
    ['INBOX in any case, twice', ['LIST () "/" inbox', 'LIST () "/" Inbox', 'STATUS InBoX (MESSAGES 3)']],
    ['one name twice', [...INBOX, 'LIST () "/" x', 'LIST (\\Sent) "/" x', 'STATUS x (MESSAGES 1)', 'STATUS x (MESSAGES 2 UIDNEXT 7)']],
    [
      'delimiters',
      [...INBOX, String.raw`LIST () "\\" "a\\b"`, 'LIST () NIL "flat/x"', 'LIST () "" "none"', 'LIST () "//" "two"', 'LIST () . a.b'],
    ],
    ['a name that begins with its delimiter', [...INBOX, 'LIST () "/" "/Sent"', 'STATUS "/Sent" (MESSAGES 3)', 'LIST () "/" /x/y']],
    [
      'what cannot be opened',
      [
        ...INBOX,
        'LIST (\\Noselect \\HasChildren) "/" A',
        'LIST (\\NonExistent) "/" Sent',
        'LIST (\\NoSelect) "/" B',
        'STATUS A (MESSAGES 1)',
      ],
    ],
    ['mailboxes that are not told of', [...INBOX, 'LIST () "/" Locked', 'NO [NOPERM] Locked: no']],
    [
      'special uses by attribute',
      [
        ...INBOX,
        'LIST (\\SENT) "/" a',
        'LIST (\\Sent) "/" Sent',
        'LIST (\\Trash \\Junk) "/" b',
        'LIST (\\Junk) "/" c',
        'LIST (\\Important) "/" d',
      ],
    ],
    [
      'special uses by name',
      [...INBOX, 'LIST () "/" Papierkorb', 'LIST () "/" "Sent Items"', 'LIST () "/" INBOX/Sent', 'LIST () "/" "Gesendete Objekte"'],
    ],
    [
      'flags without blanks between, as lists in lists, as strings',
      [...INBOX, 'LIST (\\HasNoChildren\\Sent) "/" a', 'LIST ((\\Junk) \\Trash) "/" b', 'LIST ("\\\\Drafts") "/" c', 'LIST NIL "/" d'],
    ],
    ['extended data', [...INBOX, 'LIST () "/" New ("OLDNAME" (Old))', 'LIST (\\Subscribed) "/" x (CHILDINFO ("SUBSCRIBED"))']],
    ['cases', ['list () "/" INBOX', 'Status INBOX (messages 3 UidNext 4)']],
    [
      'values beyond all bounds',
      [
        ...INBOX,
        'LIST () "/" x',
        'STATUS x (MESSAGES 4294967296 UIDNEXT -1 UIDVALIDITY 99999999999999999999 HIGHESTMODSEQ 9223372036854775807)',
        'LIST () "/" y',
        'STATUS y (MESSAGES 1e3 UIDNEXT "7" UIDVALIDITY 0 HIGHESTMODSEQ 9223372036854775808)',
      ],
    ],
    [
      'values that are missing',
      [
        ...INBOX,
        'LIST () "/" x',
        'STATUS x ()',
        'LIST () "/" y',
        'STATUS y (MESSAGES)',
        'LIST () "/" z',
        'STATUS z (MESSAGES NIL UIDNEXT (1) UIDVALIDITY 3)',
      ],
    ],
    ['news between', [...INBOX, '4 EXISTS', '1 EXPUNGE', '2 FETCH (FLAGS (\\Seen))', 'OK still here', 'VANISHED 7']],
    ['without INBOX', ['LIST () "/" Sent', 'STATUS Sent (MESSAGES 1)']],
    ['a name beyond the bound', [...INBOX, `LIST () "/" "${'x'.repeat(2_001)}"`, `LIST () "/" {70000}\r\n${'y'.repeat(70_000)}`]],
    ['nothing', []],
  ])('%s', async (_what, lines) => {
    await using stand = await open(say(...lines))
    const ours = sorted(await stand.session.listMailboxes())
    expect(listsOf(stand)).toEqual([OURS])
    expect(ours).toEqual(await readByLibrary(stand))
  })

  it('whatever is listed', async () => {
    const name = fc.constantFrom(
      'Sent',
      '"Sent Items"',
      'INBOX/Sent',
      'Trash',
      'Junk',
      '"a b"',
      '"Entw&APw-rfe"',
      '/x',
      'x',
      'NIL',
      '{3}\r\na)b',
      'Archiv',
    )
    const flag = fc.constantFrom('\\Sent', '\\Trash', '\\Noselect', '\\NonExistent', '\\HasNoChildren', '\\Subscribed', '$x')
    const status = fc.constantFrom(
      'MESSAGES 3',
      'messages 4',
      'UIDNEXT 9',
      'UIDVALIDITY 77',
      'HIGHESTMODSEQ 9007199254740993',
      'MESSAGES x',
      'SIZE 1',
    )
    // Each name once: of two the library takes the one whose special use it likes better.
    const listed = fc.uniqueArray(fc.tuple(name, fc.array(flag, { maxLength: 3 })), {
      selector: ([listedName]) => listedName,
      maxLength: 12,
    })
    const told = fc.array(fc.tuple(name, fc.array(status, { maxLength: 4 })), { maxLength: 12 })
    const lines = fc.tuple(listed, told).chain(([lists, statuses]) => {
      const responses = [
        ...lists.map(([path, flags]) => `LIST (${flags.join(' ')}) "/" ${path}`),
        ...statuses.map(([path, items]) => `STATUS ${path} (${items.join(' ')})`),
      ]
      return fc.shuffledSubarray(responses, { minLength: responses.length })
    })
    await fc.assert(
      fc.asyncProperty(lines, async (responses) => {
        await using stand = await open(say(...INBOX, ...responses))
        const ours = sorted(await stand.session.listMailboxes())
        expect(listsOf(stand)).toEqual([OURS])
        expect(ours).toEqual(await readByLibrary(stand))
      }),
      { numRuns: 40 },
    )
  })

  it('but blanks may be where they may not', async () => {
    await using stand = await open(say('LIST  ()  "/"  INBOX ', 'STATUS  INBOX  ( MESSAGES 3  UIDNEXT 4 )'))
    const { mailboxes, complete } = await stand.session.listMailboxes()
    expect([mailboxes[0]?.status, complete]).toMatchObject([{ messages: 3, uidNext: 4 }, true])
  })

  it('of ten thousand mailboxes and more, bounded (faults A19)', async () => {
    const many = Array.from({ length: 12_000 }, (_value, index) => `LIST () "/" m${index}`)
    await using stand = await open(say(...INBOX, ...many))
    const { mailboxes, complete } = await stand.session.listMailboxes()
    expect([mailboxes.length, complete, mailboxes[0]?.path]).toEqual([10_000, false, 'INBOX'])
  }, 30_000)
})

describe('LIST is left to the library', () => {
  it.each<[string, string]>([
    ['without LIST-STATUS', 'SPECIAL-USE CONDSTORE'],
    ['where special uses come by XLIST', 'LIST-STATUS XLIST'],
  ])('%s', async (_what, capabilities) => {
    await using stand = await open(say(...INBOX), capabilities, { XLIST: say('XLIST (\\Inbox) "/" INBOX') })
    expect((await stand.session.listMailboxes()).complete).toBe(true)
    expect(listsOf(stand).filter((command) => command === OURS)).toEqual([])
  })

  it('and no more is asked than is offered', async () => {
    await using stand = await open(say(...INBOX), 'LIST-STATUS')
    await stand.session.listMailboxes()
    expect(listsOf(stand)).toEqual(['LIST "" "*" RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY))'])
  })

  it.each<[string, string]>([
    ['refuses it', '{tag} BAD what is RETURN?\r\n'],
    ['tells of no status', say('LIST () "/" INBOX')],
    ['says what is not the protocol', say(...INBOX, 'LIST () "/" "x')],
    ['breaks off a name', say(...INBOX, 'LIST (\\Sent "/" x')],
  ])('by a server that %s, from then on', async (_what, answer) => {
    // The library asks for more.
    await using stand = await open(say('LIST () "/" INBOX'), `${OFFERED} LIST-EXTENDED`, {
      [OURS]: answer,
      'STATUS INBOX': say('STATUS INBOX (MESSAGES 3)'),
    })
    const first = await stand.session.listMailboxes()
    expect(first.mailboxes.find(({ path }) => path === 'INBOX')?.status?.messages).toBe(3)
    expect(first.complete).toBe(true)
    expect(await stand.session.listMailboxes()).toEqual(first)
    expect(stand.session.usable).toBe(true)
    expect(listsOf(stand).filter((command) => command === OURS).length).toBe(1)
  })
})

describe('a fault', () => {
  it.each<[string, string, object]>([
    ['refused for now', '{tag} NO not now\r\n', { class: 'transient' }],
    [
      'refused for a time',
      '{tag} BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds\r\n',
      { class: 'throttle', retryAfterMs: 92_415 },
    ],
    ['said goodbye', '* BYE [UNAVAILABLE] later\r\n', { class: 'transient' }],
    ['a literal without an end', '* LIST () "/" {100000000}\r\n', { class: 'protocol' }],
    ['a literal longer than was said', say('LIST () "/" {2}\r\nabc'), { class: 'protocol' }],
    ['a line without an end', `* LIST () "/" ${'x'.repeat(2 << 20)}`, { class: 'protocol' }],
  ])('is what it is by the library: %s', async (_what, answer, expected) => {
    await using stand = await open(answer)
    expect(await faultOf(stand.session.listMailboxes())).toMatchObject(expected)
    expect(listsOf(stand)).toEqual([OURS])
  })

  it('comes within the deadline, and ends the connection (faults D1)', async () => {
    await using stand = await open(HANG)
    expect(await faultOf(stand.session.listMailboxes())).toMatchObject({ code: 'host.timeout', class: 'transient' })
    expect(stand.session.usable).toBe(false)
  })
})

describe('what a server says between', () => {
  it('counts: a message more, and one less', async () => {
    await using stand = await open(say(...INBOX, '5 EXISTS', '1 EXPUNGE'), OFFERED, { 'UID SEARCH': say('SEARCH 1 2 3 9') })
    await stand.session.examine('INBOX')
    await stand.session.listMailboxes()
    expect(await stand.session.listUids()).toEqual({ uids: [1, 2, 3, 9], complete: true })
  })

  it.each([
    ['a message that came', '4 EXISTS'],
    ['a message that went', '2 EXPUNGE'],
    ['messages that went', 'VANISHED 7'],
    ['flags that changed', '1 FETCH (FLAGS (\\Seen))'],
  ])('is news for who watches: %s', async (_what, said) => {
    await using stand = await open(say(...INBOX, said), `${OFFERED} IDLE`)
    await stand.session.examine('INBOX')
    const watch = createImapWatch(stand.connection)
    watch.beginLook()
    expect((await stand.session.listMailboxes()).complete).toBe(true)
    expect(await watch.untilChanged()).toBe('changed')
  })
})
