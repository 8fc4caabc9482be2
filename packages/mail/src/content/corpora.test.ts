import { createHash } from 'node:crypto'
import { listCorpusMessages } from '@maildock/testkit'
import PostalMime from 'postal-mime'
import { afterAll, describe, expect, it } from 'vitest'
import { findContentFault } from '../../test/fixture/find-content-fault.ts'
import { listHardMail } from '../../test/fixture/hard-mail/list-hard-mail.ts'
import { createDraw, mutate, truncate } from '../../test/fixture/mutate-message.ts'
import { openParser } from './open-parser.ts'
import { decodeSource } from './prepare-content.ts'
import { parseMessage } from './parse-message.ts'

const corpus = listCorpusMessages()

interface Reading {
  readonly text: unknown
  readonly html: string
  readonly attachments: readonly string[]
}

const MIXED_HTML =
  '<HTML><HEAD> </HEAD><BODY> <HR> This e-mail message has been scanned for Viruses and Content and cleared <HR> </BODY></HTML>'
const NO_HEADER_TEXT = 'This is a simple message not having headers. The whole text should be recognized as body.'
/** Of the HTML, which both read alike. */
const SPAM_TEXT = expect.stringContaining('Im Jahre 2007 wurde er')

/**
 * Where the other reader sees something else, what is to be read, and why: it enters messages within messages and joins their text to the
 * outer one's, and text to HTML; it shows nothing of a message without a header, of a multipart without its boundary, or of HTML without a text.
 */
const ELSEWHERE: ReadonlyMap<string, Partial<Reading>> = new Map<string, Partial<Reading>>([
  ['mailparser/decoderended.eml', { html: '<span>html section\u00dc</span>', attachments: ['message/rfc822 null'] }],
  ['mailparser/mixed.eml', { html: MIXED_HTML }],
  ['mailparser/outofmemory.eml', { text: '$1 million in Life Insurance Coverage' }],
  ['mailparser/spam.eml', { text: SPAM_TEXT }],
  ['mime4j/bad-newlines-multiple-parts-base64.msg', { attachments: ['message/rfc822 null'] }],
  ['mime4j/base64encoded-rfc822message-nested.msg', { text: 'Text body', attachments: ['message/rfc822 null'] }],
  ['mime4j/base64encoded-rfc822message.msg', { attachments: ['message/rfc822 null'] }],
  ['mime4j/ending-boundaries.msg', { text: 'first part' }],
  ['mime4j/malformedHeader-noheader.msg', { text: NO_HEADER_TEXT }],
  ['mime4j/malformedHeaderStartsBody-noheader.msg', { text: NO_HEADER_TEXT }],
  ['mime4j/missing-boundary.msg', { text: 'AAA' }],
  ['mime4j/missing-inner-boundary.msg', { text: 'Foo AAA' }],
  ['mime4j/missing-inner-start-boundary.msg', { text: 'Foo AAA' }],
  ['mime4j/multipartdigestnestedemptyparts.msg', { text: '', attachments: ['message/rfc822 null'] }],
  ['mime4j/multipartnestedemptyparts.msg', { text: '', attachments: ['message/rfc822 null'] }],
  ['mime4j/multipartnopart.msg', { text: 'This is a multi-part message in MIME format with no parts.' }],
])

const words = (text: string | null | undefined): string => (text ?? '').replaceAll(/\s+/gu, ' ').trim()

describe('every message of the corpora', () => {
  it.each(corpus)('$name', async ({ name, raw }) => {
    const ours = parseMessage(raw)
    const theirs = await PostalMime.parse(raw)
    const reading: Reading = {
      text: words(ours.text),
      html: words(ours.html),
      attachments: ours.attachments.map(({ contentType, filename }) => `${contentType} ${filename}`),
    }
    expect(words(ours.subject)).toBe(words(theirs.subject))
    expect({ name, ...reading }).toEqual({
      name,
      text: words(theirs.text),
      html: words(theirs.html),
      attachments: theirs.attachments.map(({ mimeType, filename }) => `${mimeType} ${filename}`),
      ...ELSEWHERE.get(name),
    })
  })
})

/** Those of others and ours. */
const messages = [...corpus, ...listHardMail()]

describe('whatever becomes of a message on its way', () => {
  const parser = openParser({ threads: 1 })
  afterAll(async () => parser[Symbol.asyncDispose]())

  /** Names what was not read well, so that it can be read again. */
  const findFaults = async (sources: readonly Buffer[]): Promise<readonly string[]> => {
    const [contents, again] = [await parser.parseSources(sources), await parser.parseSources(sources)]
    return contents.flatMap((content, index) => {
      const fault = findContentFault(sources[index] ?? Buffer.alloc(0), content, again[index] ?? content)
      return fault === null ? [] : [`mutation ${index}: ${fault}`]
    })
  }

  it('reads the corpora in one batch, each source to the byte', async () => {
    const contents = await parser.parseSources(corpus.map(({ raw }) => raw))
    for (const [index, { raw }] of corpus.entries()) {
      const content = contents[index]
      const source = content === undefined ? null : decodeSource(content.raw, content.rawEncoding)
      expect(source === null ? -1 : raw.compare(source)).toBe(0)
      expect(Buffer.from(content?.rawSha256 ?? []).toString('hex')).toBe(createHash('sha256').update(raw).digest('hex'))
      expect(content?.message?.complete).toBe(true)
    }
  })

  it('reads what is left of it, cut at every hundredth (a large one at every tenth)', async () => {
    for (const { name, raw } of messages) {
      expect({ name, faults: await findFaults(truncate(raw, raw.length < 100_000 ? 100 : 10)) }).toEqual({ name, faults: [] })
    }
  }, 60_000)

  it('reads it with bits flipped, halves spliced, pieces lost and harmful ones added', async () => {
    for (const [seed, { name, raw }] of messages.entries()) {
      const draw = createDraw(seed)
      const mutations = Array.from({ length: raw.length < 100_000 ? 50 : 3 }, () => {
        const other = messages[draw(messages.length)]?.raw ?? raw
        return mutate(raw, other.subarray(0, 100_000), draw)
      })
      expect({ name, faults: await findFaults(mutations) }).toEqual({ name, faults: [] })
    }
  }, 60_000)
})
