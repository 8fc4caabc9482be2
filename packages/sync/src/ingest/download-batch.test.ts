import { MailFault, parseHeader, prepareUnreadable, type ImapSession, type MessageAttributes, type Parser } from '@maildock/mail'
import { describe, expect, it } from 'vitest'
import { withoutContent, type BatchItem } from '../store/batch-item.ts'
import { fetchBatch, readBatch } from './download-batch.ts'
import type { PlannedMessage } from './planned-message.ts'
import { SourceMemory } from './source-memory.ts'

const LIMIT = 1_000

const attributes = (uid: number, sizeOctets = 10): MessageAttributes => ({
  uid,
  sizeOctets,
  flags: [],
  keywords: [],
  modseq: null,
  internalDate: null,
  emailId: null,
})

const planned = (...messages: readonly MessageAttributes[]): PlannedMessage[] =>
  messages.map((message) => ({ attributes: message, knownId: null, approach: 'with_others' }))

const parser: Parser = {
  parse: async (source) => prepareUnreadable(source),
  parseSources: async (sources) => sources.map(prepareUnreadable),
  parseHeaders: async () => [],
  [Symbol.asyncDispose]: async () => undefined,
}

const REFUSED = new MailFault({ code: 'upstream.unavailable', stage: 'ready', class: 'transient', hint: 'no' })
const THROTTLED = new MailFault({ code: 'upstream.rate_limited', stage: 'ready', class: 'throttle', hint: 'no' })

interface Behaviour {
  /** UIDs whose FETCH is refused, alone or in company. */
  readonly refuses?: readonly number[]
  /** UIDs left out of an answer in company; alone they are given. */
  readonly omits?: readonly number[]
  /** UIDs that are not there any more. */
  readonly gone?: readonly number[]
  readonly fault?: MailFault
  readonly usable?: boolean
  readonly octets?: number
  /** Messages there is time to fetch alone, after the first. Default: for all. */
  readonly timeFor?: number
}

function fakeSession(behaviour: Behaviour): { session: ImapSession; asked: number[][] } {
  const asked: number[][] = []
  const isGone = (uid: number): boolean => behaviour.gone?.includes(uid) === true
  const session = {
    usable: behaviour.usable ?? true,
    fetchSources: async (uids: readonly number[]) => {
      asked.push([...uids])
      if (uids.some((uid) => behaviour.refuses?.includes(uid) === true)) {
        throw behaviour.fault ?? REFUSED
      }
      const given = uids.filter((uid) => !isGone(uid) && (uids.length === 1 || behaviour.omits?.includes(uid) !== true))
      return new Map(given.map((uid) => [uid, Buffer.alloc(behaviour.octets ?? 10, `Subject: ${uid}\r\n\r\n`)]))
    },
    fetchAttributes: async (uids: readonly number[]) => uids.filter((uid) => !isGone(uid)).map((uid) => attributes(uid)),
    fetchHeader: async (uid: number) => (isGone(uid) ? null : Buffer.from('Subject: large\r\n\r\n')),
  }
  return { session: session as unknown as ImapSession, asked }
}

interface Read {
  readonly items: readonly BatchItem[]
  readonly withheld: readonly number[]
  readonly firstUnasked: number | null
}

async function fetchAndRead(session: ImapSession, messages: readonly PlannedMessage[], timeFor = Infinity): Promise<Read> {
  let left = timeFor
  const mayFetch = (): boolean => (left -= 1) >= 0
  const fetched = await fetchBatch({ session, maxMessageOctets: LIMIT, mayFetch }, messages, await new SourceMemory().reserve(10_000))
  return { items: await readBatch(parser, fetched, LIMIT), withheld: fetched.withheld, firstUnasked: fetched.firstUnasked }
}

interface Downloaded extends Omit<Read, 'items'> {
  readonly stored: number[]
  readonly asked: number[][]
}

async function download(behaviour: Behaviour, messages: readonly PlannedMessage[]): Promise<Downloaded> {
  const { session, asked } = fakeSession(behaviour)
  const { items, ...rest } = await fetchAndRead(session, messages, behaviour.timeFor)
  return { ...rest, stored: items.map((item) => item.attributes.uid).toSorted((left, right) => left - right), asked }
}

describe('fetchBatch and readBatch', () => {
  it('asks for a batch at once', async () => {
    expect(await download({}, planned(attributes(1), attributes(2)))).toEqual({
      stored: [1, 2],
      withheld: [],
      firstUnasked: null,
      asked: [[1, 2]],
    })
  })

  it('asks one by one for a batch that is refused, and tells what is refused alone', async () => {
    const { stored, withheld, asked } = await download({ refuses: [2] }, planned(attributes(1), attributes(2), attributes(3)))
    expect([stored, withheld]).toEqual([[1, 3], [2]])
    expect(asked).toEqual([[1, 2, 3], [1], [2], [3]])
  })

  it('asks again for what an answer left out, and leaves out what is gone (faults A7)', async () => {
    const { stored, withheld } = await download({ omits: [2], gone: [3] }, planned(attributes(1), attributes(2), attributes(3)))
    expect([stored, withheld]).toEqual([[1, 2], []])
  })

  it('asks one by one for as long as there is time, and tells from where on it did not ask', async () => {
    const messages = planned(...[9, 7, 5, 3].map((uid) => attributes(uid)))
    expect(await download({ refuses: [5], timeFor: 1 }, messages)).toEqual({
      stored: [7, 9],
      withheld: [],
      firstUnasked: 5,
      asked: [[9, 7, 5, 3], [9], [7]],
    })
    // The first one always: each slice gets on.
    expect(await download({ refuses: [9], timeFor: 0 }, messages)).toMatchObject({ stored: [], withheld: [9], firstUnasked: 7 })
  })

  it('begins nothing behind what there was no time for', async () => {
    const messages: PlannedMessage[] = [
      ...planned(attributes(9), attributes(7)),
      { attributes: attributes(5), knownId: 'known', approach: 'with_others' },
      ...planned(attributes(3, LIMIT + 1)),
    ]
    expect(await download({ refuses: [7], timeFor: 0 }, messages)).toMatchObject({ stored: [9], firstUnasked: 7 })
  })

  it('keeps what an answer gave, whatever it left out there is no time to ask for again', async () => {
    const messages = planned(...[9, 7, 5, 3].map((uid) => attributes(uid)))
    expect(await download({ omits: [7, 5], timeFor: 0 }, messages)).toEqual({
      stored: [3, 7, 9],
      withheld: [],
      firstUnasked: 5,
      asked: [[9, 7, 5, 3], [7]],
    })
  })

  it('takes headers of messages over the limit for as long as there is time', async () => {
    const messages = planned(...[9, 7, 5].map((uid) => attributes(uid, LIMIT + 1)))
    expect(await download({ timeFor: 1 }, messages)).toMatchObject({ stored: [7, 9], firstUnasked: 5 })
  })

  it('takes no octets for no answer: the message is missing still', async () => {
    const { stored, withheld } = await download({ octets: 0 }, planned(attributes(1), attributes(2)))
    expect([stored, withheld]).toEqual([[], [1, 2]])
  })

  it('stores a message that is empty indeed', async () => {
    expect((await download({ octets: 0 }, planned(attributes(1, 0)))).stored).toEqual([1])
  })

  it('downloads nothing that is known', async () => {
    const { stored, asked } = await download({}, [{ attributes: attributes(1), knownId: 'known', approach: 'with_others' }])
    expect([stored, asked]).toEqual([[1], []])
  })

  it('takes the header alone of a message over the limit', async () => {
    const { session, asked } = fakeSession({})
    const { items } = await fetchAndRead(session, planned(attributes(1, LIMIT + 1)))
    expect(asked).toEqual([])
    expect(items[0]?.message).toMatchObject({ stored: { bodyState: 'too_large', raw: null, header: { subject: 'large' } } })
  })

  it('names a message over the limit by header and size, so that a move finds it again', async () => {
    const names = await Promise.all(
      [attributes(1, LIMIT + 1), attributes(9, LIMIT + 1), attributes(1, LIMIT + 2)].map(async (message) => {
        const { items } = await fetchAndRead(fakeSession({}).session, planned(message))
        const [item] = items
        return item !== undefined && 'stored' in item.message ? Buffer.from(item.message.stored.rawSha256).toString('hex') : ''
      }),
    )
    expect(names[0]).toBe(names[1])
    expect(names[0]).not.toBe(names[2])
  })

  it('keeps the header of a message that is larger than the server said (faults A22)', async () => {
    const { session } = fakeSession({ octets: LIMIT + 1 })
    const { items } = await fetchAndRead(session, planned(attributes(1, 10)))
    expect(items[0]?.message).toMatchObject({ stored: { bodyState: 'too_large', raw: null } })
  })

  it('gives up when the server wants to be left alone', async () => {
    const fetching = download({ refuses: [1], fault: THROTTLED }, planned(attributes(1), attributes(2)))
    await expect(fetching).rejects.toBe(THROTTLED)
  })

  it('gives up when the connection is gone, and names what was asked for', async () => {
    const fetching = download({ refuses: [1], usable: false }, planned(attributes(1), attributes(2)))
    await expect(fetching).rejects.toMatchObject({ name: 'DownloadBroken', uids: [1, 2], fault: REFUSED })
  })

  it('asks for no source of a message that is known to break the connection', async () => {
    const { stored, asked } = await download({}, [
      { attributes: attributes(1), knownId: null, approach: 'header' },
      { attributes: attributes(2), knownId: null, approach: 'nothing' },
    ])
    expect([stored, asked]).toEqual([[1, 2], []])
  })
})

describe('withoutContent', () => {
  const stored = {
    rawSha256: new Uint8Array(32),
    headerSha256: new Uint8Array(32),
    bodyState: 'stored' as const,
    header: null,
    content: null,
    raw: { octets: new Uint8Array(3), encoding: 'identity' as const },
    terms: new Uint8Array(4),
  }

  it('keeps the source and its name, and nothing that could be refused', () => {
    expect(withoutContent({ attributes: attributes(1), message: { stored } })).toEqual({
      attributes: attributes(1),
      message: { stored: { ...stored, bodyState: 'unparsable', terms: null } },
    })
  })

  it('keeps the name of a header, and nothing else of it', () => {
    const listed = { headerSha256: new Uint8Array(32), header: parseHeader(Buffer.from('Subject: refused\r\n\r\n')) }
    expect(withoutContent({ attributes: attributes(1), message: { listed } })).toEqual({
      attributes: attributes(1),
      message: { listed: { ...listed, header: null } },
    })
  })

  it('has nothing to take away from what is bare already', () => {
    expect(withoutContent({ attributes: attributes(1), message: { stored: { ...stored, terms: null } } })).toBeNull()
    expect(
      withoutContent({ attributes: attributes(1), message: { listed: { headerSha256: new Uint8Array(32), header: null } } }),
    ).toBeNull()
    expect(withoutContent({ attributes: attributes(1), message: { knownId: 'known' } })).toBeNull()
  })
})
