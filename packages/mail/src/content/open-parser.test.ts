import { createHash, randomBytes } from 'node:crypto'
import { silentLogger, type Logger } from '@maildock/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openParser } from './open-parser.ts'
import { decodeSource } from './prepare-content.ts'

const source = (text: string): Buffer => Buffer.from(text, 'latin1')
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()
const SLOW_TO_START = new URL('../../test/threads/slow-starting-thread.ts', import.meta.url)
const MISBEHAVING = new URL('../../test/threads/dying-thread.ts', import.meta.url)

describe('openParser', () => {
  it('reads a message and keeps its source to the byte', async () => {
    await using parser = openParser({ threads: 1 })
    const raw = source(`Subject: hello\r\n\r\n${'text '.repeat(1_000)}\xff`)
    const content = await parser.parse(raw)
    expect(content.message?.subject).toBe('hello')
    expect(content.rawEncoding).toBe('zstd')
    expect(Buffer.compare(decodeSource(content.raw, content.rawEncoding), raw)).toBe(0)
    expect(Buffer.compare(content.rawSha256, sha256(raw))).toBe(0)
  })

  it('keeps any source to the byte', async () => {
    await using parser = openParser({ threads: 2 })
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), fc.boolean(), async (octets, repeated) => {
        const raw = repeated ? Buffer.concat(Array.from({ length: 20 }, () => octets)) : Buffer.from(octets)
        const content = await parser.parse(raw)
        expect(Buffer.compare(decodeSource(content.raw, content.rawEncoding), raw)).toBe(0)
        expect(Buffer.compare(content.rawSha256, sha256(raw))).toBe(0)
      }),
    )
  })

  it('reads many at once with few threads', async () => {
    await using parser = openParser({ threads: 2 })
    const contents = await Promise.all(
      Array.from({ length: 200 }, async (_value, number) => parser.parse(source(`Subject: ${number}\r\n\r\n`))),
    )
    expect(contents.map((content) => content.message?.subject)).toEqual(Array.from({ length: 200 }, (_value, number) => String(number)))
  })

  it('does not hold the thread that asks', async () => {
    await using parser = openParser({ threads: 1 })
    await parser.parse(source('warm'))
    const large = Buffer.concat([source('Content-Type: multipart/mixed; boundary=b\r\n\r\n'), Buffer.alloc(30_000_000, '--b\r\n\r\nx\r\n')])
    let turns = 0
    const ticking = setInterval(() => (turns += 1), 1)
    await parser.parse(large)
    clearInterval(ticking)
    expect(turns).toBeGreaterThan(5)
  })
})

/** Sources one behind the other in memory that threads share. */
function share(texts: readonly string[]): Buffer[] {
  const whole = Buffer.from(new SharedArrayBuffer(texts.join('').length))
  let end = 0
  return texts.map((text) => {
    end += whole.write(text, end, 'latin1')
    return whole.subarray(end - text.length, end)
  })
}

const NOISE = randomBytes(3_000).toString('base64')

describe('parseSources', () => {
  it.each<[string, (texts: readonly string[]) => Buffer[]]>([
    ['shared', share],
    ['ordinary', (texts) => texts.map(source)],
  ])('reads a batch in %s memory as it reads its messages one by one', async (_what, place) => {
    await using parser = openParser({ threads: 2 })
    const texts = Array.from(
      { length: 700 },
      (_value, number) => `Subject: ${number}\r\n\r\n${number % 3 === 0 ? NOISE : 'text '.repeat(200)}`,
    )
    const sources = place(texts)
    const contents = await parser.parseSources(sources)
    const single = await Promise.all(sources.map(async (one) => parser.parse(one)))
    expect(contents.map((content) => ({ ...content, raw: null }))).toEqual(single.map((content) => ({ ...content, raw: null })))
    for (const [index, { raw, rawEncoding, rawSha256, message }] of contents.entries()) {
      expect(message?.subject).toBe(String(index))
      expect(Buffer.compare(decodeSource(raw, rawEncoding), source(texts[index] ?? ''))).toBe(0)
      expect(Buffer.compare(rawSha256, sha256(source(texts[index] ?? '')))).toBe(0)
    }
  })

  it('leaves what it made in the memory it was lent, as far as that goes', async () => {
    await using parser = openParser({ threads: 2 })
    const sources = share(Array.from({ length: 40 }, (_value, number) => `Subject: ${number}\r\n\r\n${'text '.repeat(5_000)}`))
    for (const octets of [2_000_000, 2_000, 0]) {
      const output = new Uint8Array(new SharedArrayBuffer(octets))
      const contents = await parser.parseSources(sources, output)
      const lent = contents.filter(({ raw }) => raw.buffer instanceof SharedArrayBuffer)
      expect(lent).toHaveLength(octets === 2_000_000 ? 40 : lent.length)
      expect(lent.length > 0).toBe(octets > 0)
      expect(contents.every(({ raw, rawEncoding }, index) => sources[index]?.equals(decodeSource(raw, rawEncoding)))).toBe(true)
      expect(lent.every(({ raw }) => Buffer.compare(output.subarray(raw.byteOffset, raw.byteOffset + raw.length), raw) === 0)).toBe(true)
      expect(new Set(lent.map(({ raw }) => raw.byteOffset)).size).toBe(lent.length)
    }
  })

  it.each([true, false])(
    'reads sources of every size up to where memory is no longer pooled, room for what is made: %s',
    async (hasRoom) => {
      await using parser = openParser({ threads: 1 })
      const sizes = Array.from({ length: 60 }, (_value, index) => 4_000 + index * 2_000)
      const noise = randomBytes(100_000).toString('base64')
      const sources = share(sizes.map((octets) => `Subject: ${octets}\r\n\r\n${noise.slice(0, octets)}`))
      const contents = await parser.parseSources(sources, new Uint8Array(new SharedArrayBuffer(hasRoom ? 8_000_000 : 0)))
      expect(contents.map(({ message }) => message?.subject)).toEqual(sizes.map(String))
      expect(contents.every(({ raw, rawEncoding }, index) => sources[index]?.equals(decodeSource(raw, rawEncoding)))).toBe(true)
    },
  )

  it('gives the caller his own octets back when compressing them gains nothing', async () => {
    await using parser = openParser({ threads: 1 })
    const sources = [...share([randomBytes(3_000).toString('latin1')]), randomBytes(3_000)]
    for (const one of sources) {
      const [content] = await parser.parseSources([one])
      expect(content?.rawEncoding).toBe('identity')
      expect(content?.raw).toBe(one)
    }
  })

  it('reads large messages, many of them, and none', async () => {
    await using parser = openParser({ threads: 2 })
    expect(await parser.parseSources([])).toEqual([])
    const sources = Array.from({ length: 5 }, (_value, number) => source(`Subject: ${number}\r\n\r\n${NOISE.repeat(1_000)}`))
    const contents = await parser.parseSources(sources)
    expect(contents.map(({ message }) => message?.subject)).toEqual(['0', '1', '2', '3', '4'])
    expect(contents.every(({ raw, rawEncoding }, index) => sources[index]?.equals(decodeSource(raw, rawEncoding)))).toBe(true)
  })

  it.each(['hang', 'die', 'throw', 'fail'])('leaves the guilty message of a batch unread, and no other: %s', async (order) => {
    await using parser = openParser({ threads: 1, deadlineMs: 1_000, threadModule: MISBEHAVING })
    const sources = share(['Subject: a\r\n\r\n', order, 'Subject: b\r\n\r\n'])
    const contents = await parser.parseSources(sources)
    expect(contents.map(({ message }) => message?.subject ?? null)).toEqual(['a', null, 'b'])
    expect(contents[1]).toMatchObject({ rawEncoding: 'identity', searchTerms: null })
    expect(contents[1]?.raw).toBe(sources[1])
  })

  it('leaves the message unread that eats all memory, and no other', async () => {
    await using parser = openParser({ threads: 1, deadlineMs: 30_000, heapMegabytes: 32, threadModule: MISBEHAVING })
    const contents = await parser.parseSources(share(['Subject: a\r\n\r\n', 'eat', 'Subject: b\r\n\r\n']))
    expect(contents.map(({ message }) => message?.subject ?? null)).toEqual(['a', null, 'b'])
  }, 40_000)

  it('lists what is searchable as PostgreSQL receives it', async () => {
    await using parser = openParser({ threads: 1 })
    const { searchTerms } = await parser.parse(source('From: Ann <ann@a.example>\r\nSubject: Hello\r\n\r\nhello'))
    const lexemes = Buffer.from(searchTerms ?? []).toString('latin1')
    expect(Buffer.from(searchTerms ?? []).readUInt32BE(0)).toBe(6)
    // Weight A at 1, and D behind two fields and their gaps.
    expect(lexemes).toContain('hello\0\0\u0002\u00c0\u0001\0\u000a')
    expect(lexemes).toContain('ann@a.example\0')
  })
})

describe('parseHeaders', () => {
  it('reads a header as it is read with its message, and hashes it alike', async () => {
    await using parser = openParser({ threads: 1 })
    const text = 'Subject: =?utf-8?Q?gr=C3=BCn?=\r\nFrom: Ann <ann@a.example>\r\nDate: Thu, 15 Jan 2026 10:20:30 +0000\r\n'
    const [content] = await parser.parseSources([source(`${text}\r\nbody`)])
    const headers = await parser.parseHeaders([source(text), source(`${text}\r\n`)])
    for (const { headerSha256, header } of headers) {
      expect(headerSha256).toEqual(content?.headerSha256)
      expect(content?.message).toMatchObject({ ...header })
      expect(header?.subject).toBe('grün')
    }
  })

  it('leaves the one unread that cannot be read', async () => {
    await using parser = openParser({ threads: 1, deadlineMs: 1_000, threadModule: MISBEHAVING })
    const headers = await parser.parseHeaders(share(['Subject: a\r\n\r\n', 'hang', 'Subject: b\r\n\r\n']))
    expect(headers.map(({ header }) => header?.subject ?? null)).toEqual(['a', null, 'b'])
    expect(headers.map(({ headerSha256 }) => headerSha256.length)).toEqual([32, 32, 32])
  })
})

it('does not count the start of a thread as time of the message', async () => {
  await using parser = openParser({ threads: 1, deadlineMs: 1_000, threadModule: SLOW_TO_START })
  expect((await parser.parse(source('Subject: a\r\n\r\n'))).message?.subject).toBe('a')
})

describe('a thread that misbehaves', () => {
  it.each(['hang', 'die', 'throw', 'fail'])('leaves the message unread but whole: %s', async (order) => {
    await using parser = openParser({ threads: 1, deadlineMs: 500, threadModule: MISBEHAVING })
    const content = await parser.parse(source(order))
    expect(content).toMatchObject({ message: null, rawEncoding: 'identity' })
    expect(Buffer.from(content.raw).toString()).toBe(order)
    expect(Buffer.compare(content.rawSha256, sha256(source(order)))).toBe(0)
  })

  it('may eat all the memory it is given', async () => {
    await using parser = openParser({ threads: 1, deadlineMs: 30_000, heapMegabytes: 32, threadModule: MISBEHAVING })
    expect((await parser.parse(source('eat'))).message).toBeNull()
  }, 40_000)

  it('does not stop the messages behind it', async () => {
    await using parser = openParser({ threads: 1, deadlineMs: 2_000, threadModule: MISBEHAVING })
    const contents = await Promise.all(
      ['die', 'Subject: a\r\n\r\n', 'hang', 'Subject: b\r\n\r\n', 'throw', 'Subject: c\r\n\r\n'].map(async (text) =>
        parser.parse(source(text)),
      ),
    )
    expect(contents.map((content) => content.message?.subject ?? null)).toEqual([null, 'a', null, 'b', null, 'c'])
  })
})

describe('a message that could not be read', () => {
  it.each([
    ['a thread that was lost', 'quote the secret'],
    ['a thread that goes on', 'fail'],
  ])('is told with where it happened, and with nothing of it: %s', async (_what, order) => {
    const told: { readonly reason?: unknown; readonly stack?: unknown }[] = []
    const logger: Logger = { ...silentLogger, warn: (fields) => void told.push(fields) }
    await using parser = openParser({ threads: 1, threadModule: MISBEHAVING, logger })
    await parser.parse(source(order))
    expect(told).toHaveLength(1)
    expect(told[0]?.stack).toMatch(/^ +at .*\.ts:\d+:\d+/u)
    expect(JSON.stringify(told)).not.toContain('secret')
  })
})

describe('closing', () => {
  it('refuses what was not read yet and what comes later', async () => {
    const parser = openParser({ threads: 1, deadlineMs: 60_000, threadModule: MISBEHAVING })
    const pending = Promise.allSettled([parser.parse(source('hang')), parser.parse(source('waiting'))])
    await parser[Symbol.asyncDispose]()
    expect((await pending).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected'])
    await expect(parser.parse(source('late'))).rejects.toThrow('closed')
  })
})
