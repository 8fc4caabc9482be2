import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ServerRefusal } from '../refusal.ts'
import { ConnectionLost, ProtocolViolation } from '../wire/line-stream.ts'
import { collectContents, collectFlags } from './fetch-answers.ts'
import { ImapSwitchboard } from './imap-switchboard.ts'
import { answerSearch, UidSearchReader } from './uid-search-reader.ts'

const LIMITS = { maxLiteralOctets: 64 << 20, maxResponseOctets: 72 << 20 }

interface Stand {
  readonly board: ImapSwitchboard
  /** What went to the server, and how often the library was let write again. */
  readonly written: string[]
  passed: string
  rests: number
  /** `{1}` stands for the tag of the first command, and so on. */
  say(text: string): void
}

function createStand(): Stand {
  const stand: Stand = {
    written: [],
    passed: '',
    rests: 0,
    board: new ImapSwitchboard(
      {
        write: (command) => stand.written.push(command),
        pass: (octets) => {
          stand.passed += octets.toString('latin1')
        },
        rest: () => {
          stand.rests += 1
        },
      },
      LIMITS,
    ),
    say: (text) => {
      const said = text.replaceAll(/<(\d)>/gu, (_all, number: string) => tagOf(stand, Number(number)))
      stand.board.push(Buffer.from(said, 'latin1'))
    },
  }
  return stand
}

function tagOf({ written }: Stand, number: number): string {
  return written[number - 1]?.split(' ')[0] ?? 'none'
}

async function fetchFlags(stand: Stand, maxRows = 100): Promise<readonly number[]> {
  const flags = collectFlags({ from: 1, to: 100 }, maxRows)
  await stand.board.run('UID FETCH 1:100 (UID FLAGS)', flags.answer)
  return flags.finish().map(({ uid }) => uid)
}

async function fetchSources(stand: Stand, uids: readonly number[]): Promise<Record<string, string>> {
  const sources = collectContents(uids, {
    item: 'source',
    maxOctets: 1_000,
    maxTotalOctets: 100_000,
    allocate: (octets) => Buffer.alloc(octets),
  })
  await stand.board.run(`UID FETCH ${uids.join(',')} (UID BODY.PEEK[])`, sources.answer)
  return Object.fromEntries([...sources.finish()].map(([uid, source]) => [uid, source.toString()]))
}

describe('a command of ours', () => {
  it('has a tag nobody can guess, and takes its rows', async () => {
    const stand = createStand()
    const rows = fetchFlags(stand)
    expect(stand.written).toEqual([expect.stringMatching(/^W[0-9A-F]{12}X1 UID FETCH 1:100 \(UID FLAGS\)\r\n$/u)])
    stand.say('* 1 FETCH (UID 5 FLAGS ())\r\n* 2 fetch (UID 6 FLAGS ())\r\n<1> OK done\r\n')
    expect(await rows).toEqual([5, 6])
    expect(stand).toMatchObject({ passed: '', rests: 1 })
    expect(tagOf(createStand(), 1)).toBe('none')
  })

  it('leaves to the library what is not about it, to the last octet and in order', async () => {
    const stand = createStand()
    const rows = fetchFlags(stand)
    const before = '* 4 EXISTS\r\n* OK [ALERT] be careful {3}\r\n'
    const after = '* VANISHED 7\r\n\r\n+ go on\r\nX9 OK of whom?\r\nwhat?\r\n'
    stand.say(`${before}abc\r\n* 1 FETCH (UID 5 FLAGS ())\r\n${after}<1> OK done\r\n* 5 EXISTS\r\n* 3 FE`)
    stand.say('TCH (UID 9 FLAGS ())\r\n')
    expect(await rows).toEqual([5])
    expect(stand.passed).toBe(`${before}abc\r\n${after}* 5 EXISTS\r\n* 3 FETCH (UID 9 FLAGS ())\r\n`)
  })

  it('tells the library of flags that changed meanwhile', async () => {
    const stand = createStand()
    const sources = fetchSources(stand, [5])
    stand.say('* 9 FETCH (FLAGS (\\Seen $x \\Recent))\r\n* 8 FETCH (UID 77 MODSEQ (12) FLAGS ({1}\r\na "b c"))\r\n')
    stand.say('* 1 FETCH (UID 5 BODY[] {1}\r\ny)\r\n* 2 FETCH (UID 77 BODY[] {1}\r\nz)\r\n* 7 FETCH (UID 6)\r\n<1> OK done\r\n')
    expect(await sources).toEqual({ 5: 'y' })
    expect(stand.passed).toBe('* 9 FETCH (FLAGS (\\Seen $x))\r\n* 8 FETCH (UID 77 FLAGS (a) MODSEQ (12))\r\n')
  })

  it('tells of some changes, not of a flood', async () => {
    const stand = createStand()
    const sources = fetchSources(
      stand,
      Array.from({ length: 500 }, (_value, index) => index + 1),
    )
    stand.say(`${'* 1 FETCH (FLAGS ())\r\n'.repeat(3_000)}<1> OK done\r\n`)
    await sources
    expect(stand.passed.split('\r\n')).toHaveLength(1_001)
  })

  it('of SEARCH leaves FETCH to the library, and the other way round', async () => {
    const stand = createStand()
    const reader = new UidSearchReader(3)
    const searched = stand.board.run('UID SEARCH ALL', answerSearch(reader))
    stand.say('* 1 FETCH (UID 5 FLAGS ())\r\n* SEARCH 1 2\r\n* ESEARCH UID ALL 3\r\n<1> OK done\r\n')
    await searched
    expect(reader.finish()).toEqual([1, 2, 3])
    expect(stand.passed).toBe('* 1 FETCH (UID 5 FLAGS ())\r\n')
    const rows = fetchFlags(stand)
    stand.say('* SEARCH 1 2\r\n<2> OK done\r\n')
    expect(await rows).toEqual([])
    expect(stand.passed).toContain('* SEARCH 1 2\r\n')
  })

  it('takes a SEARCH line of 8 MB, and no FETCH line of two', async () => {
    const stand = createStand()
    const reader = new UidSearchReader(3)
    const searched = stand.board.run('UID SEARCH ALL', answerSearch(reader))
    stand.say(`* SEARCH${' 1234567'.repeat(1_000_000)}`)
    stand.say(' 7654321\r\n<1> OK done\r\n')
    await searched
    expect(reader.finish()).toEqual([1_234_567, 7_654_321])
    const rows = fetchFlags(stand)
    expect(() => stand.say(`* 1 FETCH (UID 5 FLAGS (${'x'.repeat(2 << 20)}`)).toThrow(ProtocolViolation)
    stand.board.fail(new ConnectionLost('given up'))
    await expect(rows).rejects.toThrow(ConnectionLost)
  })

  it.each<[string, string, object]>([
    ['NO', '<1> NO [UNAVAILABLE] not now\r\n', { responseStatus: 'NO', responseCode: 'UNAVAILABLE', text: 'not now' }],
    ['BAD', '<1> bad what?\r\n', { responseStatus: 'BAD', text: 'what?' }],
    ['a tagged BYE', '<1> BYE enough\r\n', { responseStatus: 'BYE', text: 'enough' }],
    ['BYE', '* BYE [UNAVAILABLE] enough\r\n', { responseStatus: 'BYE', responseCode: 'UNAVAILABLE', text: 'enough' }],
    ['zeros before its tag', '\0\0<1> NO padded\r\n', { responseStatus: 'NO', text: 'padded' }],
  ])('is refused by %s', async (_what, said, facts) => {
    const stand = createStand()
    const refused = fetchFlags(stand).catch((error: unknown) => error)
    stand.say(said)
    const error = await refused
    expect(error).toBeInstanceOf(ServerRefusal)
    expect(error).toMatchObject({ facts })
  })

  it('is done when messages went away under it', async () => {
    const stand = createStand()
    const rows = fetchFlags(stand)
    stand.say('* 1 FETCH (UID 5 FLAGS ())\r\n<1> NO Some of the requested messages no longer exist.\r\n')
    expect(await rows).toEqual([5])
  })

  it.each<[string, string, string]>([
    ['an answer that is no status', '<1> MAYBE later\r\n', 'not an IMAP status'],
    ['a tagged PREAUTH', '<1> PREAUTH come in\r\n', 'not an IMAP status'],
    ['more rows than there can be', '* 1 FETCH (UID 5 FLAGS ())\r\n'.repeat(101), 'sync.server_error at ready'],
    ['a literal of 4 GB', '* 1 FETCH (UID 5 BODY[] {4294967295}\r\n', 'oversized literal'],
  ])('ends in %s: nothing is read after that', async (_what, said, message) => {
    const stand = createStand()
    const rows = fetchFlags(stand).catch((error: unknown) => error)
    expect(() => stand.say(said)).toThrow(message)
    stand.board.fail(new ConnectionLost('given up'))
    expect(await rows).toBeInstanceOf(ConnectionLost)
    await expect(fetchFlags(stand)).rejects.toThrow(ConnectionLost)
  })
})

describe('two commands', () => {
  it('of FETCH go together, and each gets what it asked for', async () => {
    const stand = createStand()
    const answered = Promise.all([fetchSources(stand, [1, 2]), fetchSources(stand, [3])])
    expect(stand.written).toHaveLength(2)
    // The third row tells its UID too late, the fourth comes before the answer to the first command.
    stand.say('* 1 FETCH (UID 1 BODY[] {1}\r\na)\r\n* 2 FETCH (BODY[] {1}\r\nb UID 2)\r\n')
    stand.say('* 3 FETCH (BODY[] {1}\r\nc UID 3)\r\n<1> OK done\r\n* 1 FETCH (UID 1 BODY[] {1}\r\nz)\r\n<2> OK done\r\n')
    expect(await answered).toEqual([{ 1: 'a', 2: 'b' }, { 3: 'c' }])
    expect(stand.rests).toBe(1)
  })

  it('may be answered in another order', async () => {
    const stand = createStand()
    const answered = Promise.all([fetchSources(stand, [1]), fetchSources(stand, [3])])
    stand.say('* 3 FETCH (UID 3 BODY[] "c")\r\n<2> OK done\r\n* 1 FETCH (UID 1 BODY[] "a")\r\n<1> OK done\r\n')
    expect(await answered).toEqual([{ 1: 'a' }, { 3: 'c' }])
  })

  it('are as many as go together: a third one waits, and so does a SEARCH', async () => {
    const stand = createStand()
    const first = fetchSources(stand, [1])
    const others = Promise.all([
      fetchSources(stand, [2]),
      fetchSources(stand, [3]),
      stand.board.run('UID SEARCH ALL', answerSearch(new UidSearchReader(1))),
    ])
    expect(stand.written).toHaveLength(2)
    stand.say('<1> OK done\r\n')
    await first
    await expect.poll(() => stand.written.length).toBe(3)
    stand.say('<2> OK done\r\n<3> OK done\r\n')
    await expect.poll(() => stand.written.length).toBe(4)
    stand.say('<4> OK done\r\n')
    await others
  })

  it('end together when the connection does', async () => {
    const stand = createStand()
    const failures = Promise.allSettled([fetchSources(stand, [1]), fetchSources(stand, [2]), fetchSources(stand, [3])])
    stand.board.fail(new ConnectionLost('cut'))
    expect((await failures).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  })
})

describe('the library', () => {
  it('is waited for while it has a command on the wire', async () => {
    const stand = createStand()
    stand.board.library.noteWrite(Buffer.from('1F IDLE\r\n'))
    const rows = fetchFlags(stand)
    stand.say('+ idling\r\n* 4 EXISTS\r\n')
    expect(stand.written).toEqual([])
    stand.board.library.noteWrite(Buffer.from('DONE\r\n'))
    stand.say('1F OK done\r\n')
    await expect.poll(() => stand.written.length).toBe(1)
    stand.say('<1> OK done\r\n')
    await rows
    expect(stand.passed).toBe('+ idling\r\n* 4 EXISTS\r\n1F OK done\r\n')
  })

  it('is not waited for when the connection is gone', async () => {
    const stand = createStand()
    stand.board.library.noteWrite(Buffer.from('1F NOOP\r\n'))
    const rows = fetchFlags(stand)
    stand.board.fail(new ConnectionLost('cut'))
    await expect(rows).rejects.toThrow(ConnectionLost)
  })
})

it('reads and passes on the same however the octets are cut (faults B20)', async () => {
  const piece = fc.constantFrom(
    '* 1 FETCH (UID 5 FLAGS (\\Seen))\r\n',
    '* 2 FETCH (FLAGS ({3}\r\nabc))\r\n',
    '* 3 FETCH (UID 6 BODY[] {5}\r\n<1> O)\r\n',
    '* 4 EXISTS\r\n',
    '* OK {2}\r\n* \r\n',
    '* SEARCH 1 2 3\r\n',
    '\r\n',
    '+ x\r\n',
    'A1 OK {1}\r\n',
    'x',
    '\n',
    '<1> OK done\r\n',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 15 }), fc.integer({ min: 1, max: 20 }), async (pieces, chunkOctets) => {
      const text = `${pieces.join('')}\r\n<1> OK done\r\n`
      expect(await hear(text, chunkOctets)).toEqual(await hear(text, text.length))
    }),
  )
})

async function hear(text: string, chunkOctets: number): Promise<unknown> {
  const stand = createStand()
  const rows = fetchFlags(stand).catch(() => 'failed')
  const said = text.replaceAll('<1>', tagOf(stand, 1))
  try {
    for (let at = 0; at < said.length; at += chunkOctets) stand.say(said.slice(at, at + chunkOctets))
  } catch (error) {
    if (!(error instanceof ProtocolViolation)) throw error
  }
  stand.board.fail(new ConnectionLost('over'))
  return { rows: await rows, passed: stand.passed.replaceAll(tagOf(stand, 1), '<1>') }
}
