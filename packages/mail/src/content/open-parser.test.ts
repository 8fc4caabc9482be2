import { createHash } from 'node:crypto'
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

describe('closing', () => {
  it('refuses what was not read yet and what comes later', async () => {
    const parser = openParser({ threads: 1, deadlineMs: 60_000, threadModule: MISBEHAVING })
    const pending = Promise.allSettled([parser.parse(source('hang')), parser.parse(source('waiting'))])
    await parser[Symbol.asyncDispose]()
    expect((await pending).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected'])
    await expect(parser.parse(source('late'))).rejects.toThrow('closed')
  })
})
