import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMessage } from '../content/parse-message.ts'
import { composeMessage } from './compose-message.ts'
import { createMessageId } from './create-message-id.ts'
import { InvalidDraft, type MessageDraft } from './message-draft.ts'

const DRAFT: MessageDraft = {
  messageIdHeader: '<0d9b8f1e-0000-4000-8000-000000000001@example.org>',
  date: new Date('2026-01-15T10:20:30Z'),
  from: { address: 'ada@example.org', name: 'Ada Lovelace' },
  to: [{ address: 'grace@example.net' }],
  cc: [],
  bcc: [],
  subject: 'Engines',
  text: 'Hello,\nworld\n',
  attachments: [],
  headers: [],
  references: [],
}

async function compose(changes: Partial<MessageDraft>): Promise<string> {
  return (await composeMessage({ ...DRAFT, ...changes })).source.toString('latin1')
}

async function read(changes: Partial<MessageDraft>) {
  return parseMessage((await composeMessage({ ...DRAFT, ...changes })).source, new Date('2026-06-01T00:00:00Z'))
}

/** The header lines of a message, unfolded. By hand: the parser would forgive. */
function listFields(source: string): readonly string[] {
  return source
    .slice(0, source.indexOf('\r\n\r\n'))
    .replaceAll(/\r\n(?=[ \t])/gu, '')
    .split('\r\n')
}

function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
}

function inLines(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD').replaceAll(/\r\n?/gu, '\n').trimEnd()
}

describe('a plain message', () => {
  test('is these octets', async () => {
    expect(await compose({})).toBe(
      [
        'From: Ada Lovelace <ada@example.org>',
        'To: <grace@example.net>',
        'Subject: Engines',
        'Date: Thu, 15 Jan 2026 10:20:30 +0000',
        'Message-ID: <0d9b8f1e-0000-4000-8000-000000000001@example.org>',
        'Content-Transfer-Encoding: 7bit',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=utf-8',
        '',
        'Hello,',
        'world',
        '',
      ].join('\r\n'),
    )
  })

  test('has an envelope: unique, in the order of to, cc, bcc, domains as A-labels', async () => {
    const composed = await composeMessage({
      ...DRAFT,
      to: [{ address: 'a@B\u00fccher.example' }, { address: 'b@example.org' }],
      cc: [{ address: 'a@xn--bcher-kva.EXAMPLE' }, { address: 'B@example.org' }],
      bcc: [{ address: 'c@example.org' }, { address: 'b@EXAMPLE.org' }],
    })
    expect(composed).toMatchObject({
      reversePath: 'ada@example.org',
      forwardPaths: ['a@xn--bcher-kva.example', 'b@example.org', 'B@example.org', 'c@example.org'],
      needsSmtputf8: false,
      needs8bit: false,
    })
  })

  test('needs SMTPUTF8 for a local part outside ASCII, in any field', async () => {
    for (const changes of [
      { to: [{ address: 'j\u00fcrgen@example.org' }] },
      { bcc: [{ address: 'j\u00fcrgen@example.org' }] },
      { replyTo: { address: 'j\u00fcrgen@example.org' } },
    ] satisfies Partial<MessageDraft>[]) {
      expect(await composeMessage({ ...DRAFT, ...changes })).toMatchObject({ needsSmtputf8: true })
    }
    const { source, needs8bit } = await composeMessage({ ...DRAFT, to: [{ address: 'j\u00fcrgen@b\u00fccher.example' }] })
    expect(source.toString('utf8')).toContain('To: <j\u00fcrgen@xn--bcher-kva.example>')
    expect(needs8bit).toBe(true)
  })

  test('may be empty, and may have no To', async () => {
    expect(await compose({ subject: '', text: '' })).toMatch(/\r\n\r\n(?:\r\n)?$/u)
    expect(listFields(await compose({ to: [], bcc: [{ address: 'a@b.example' }] })).some((line) => line.startsWith('To'))).toBe(false)
  })

  test('never tells Bcc', async () => {
    const source = await compose({ bcc: [{ address: 'secret@hidden.example', name: 'Hidden Person' }], html: '<p>x</p>' })
    expect(source).not.toMatch(/bcc|hidden|secret/iu)
  })

  test('answers another one', async () => {
    const message = await read({ inReplyTo: '<b@x>', references: ['<a@x>', 'no id', '<b@x>', '<b\r\nX-Evil: 1@x>', '<b@x>'] })
    expect(message).toMatchObject({ inReplyTo: '<b@x>', references: ['<a@x>', '<b@x>'] })
  })

  test('keeps the root and the latest of a long thread', async () => {
    const references = Array.from({ length: 500 }, (_, index) => `<${index}@x>`)
    const read500 = (await read({ references })).references
    expect([read500.length, read500[0], read500[1], read500.at(-1)]).toEqual([100, '<0@x>', '<401@x>', '<499@x>'])
  })
})

describe('a body', () => {
  test('of HTML alone gets a text, and both are alternatives', async () => {
    const source = await compose({ text: undefined, html: '<p>Hello</p><p>world</p>' })
    expect(source).toContain('multipart/alternative')
    expect(parseMessage(Buffer.from(source, 'latin1'))).toMatchObject({ text: 'Hello\n\nworld', html: '<p>Hello</p><p>world</p>' })
  })

  test('has its images beside the HTML and its files after it', async () => {
    const changes: Partial<MessageDraft> = {
      html: '<img src="cid:logo@x">',
      attachments: [
        { filename: 'logo.png', content: Uint8Array.of(1, 2, 3), contentId: 'logo@x' },
        { filename: 'bill.pdf', content: Uint8Array.of(0, 13, 10, 46, 13, 10, 255) },
      ],
    }
    const source = await compose(changes)
    expect(source.match(/multipart\/\w+/gu)).toEqual(['multipart/mixed', 'multipart/alternative', 'multipart/related'])
    expect(await read(changes)).toMatchObject({
      attachments: [
        { filename: 'logo.png', contentType: 'image/png', contentId: 'logo@x', inline: true, sizeOctets: 3 },
        { filename: 'bill.pdf', contentType: 'application/pdf', contentId: null, inline: false, sizeOctets: 7 },
      ],
    })
    expect(source).toContain(`\r\n\r\n${Buffer.from([0, 13, 10, 46, 13, 10, 255]).toString('base64')}\r\n`)
  })

  test.each([0, 1, 56, 57, 58, 233_471, 233_472, 233_473, 500_001])('carries a file of %i octets as it is', async (length) => {
    const content = Uint8Array.from({ length }, (_, index) => (index * 7919) % 251)
    const source = await compose({ attachments: [{ filename: 'a.bin', content }] })
    const [, base64 = ''] = /filename=a\.bin\r\n\r\n([A-Za-z0-9+/=\r\n]*)\r\n--/u.exec(source) ?? []
    expect(Buffer.from(base64, 'base64').equals(content)).toBe(true)
    expect(base64.split('\r\n').every((line) => line.length <= 76)).toBe(true)
  })

  test('is readable where it is short ASCII, and in lines of at most 76 otherwise', async () => {
    expect(await compose({ text: '.\nFrom x\n..\n' })).toContain('\r\n\r\n.\r\nFrom x\r\n..\r\n')
    const source = await compose({ text: `${'x'.repeat(5000)}\nGr\u00fc\u00dfe` })
    expect(source).toContain('quoted-printable')
    expect(Math.max(...source.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(76)
  })

  test('cannot contain its own boundary: that depends on it', async () => {
    const first = await compose({ html: '<p>x</p>' })
    const boundary = /boundary="([^"]+)"/u.exec(first)?.[1] ?? ''
    const second = await compose({ html: '<p>x</p>', text: `--${boundary}--` })
    expect(/boundary="([^"]+)"/u.exec(second)?.[1]).not.toBe(boundary)
  })

  test.each([
    [
      'message/rfc822',
      'Subject: inner\r\n\r\nhello\r\n',
      /Content-Type: message\/rfc822[^]*Content-Transfer-Encoding: 7bit[^]*\r\n\r\nSubject: inner\r\n/u,
    ],
    ['message/rfc822', `Subject: ${'x'.repeat(2000)}\r\n\r\n`, /Content-Type: application\/octet-stream[^]*base64/u],
    ['message/rfc822', 'Subject: a\rb\n\n.\n', /Content-Type: application\/octet-stream[^]*base64/u],
    ['multipart/mixed; boundary=x', '--x', /Content-Type: application\/octet-stream[^]*base64/u],
    ['text/calendar; method=REQUEST; x="\r\nEvil: 1"', 'BEGIN', /Content-Type: text\/calendar; method=REQUEST;/u],
    ['text/html\r\nEvil: 1', 'x', /Content-Type: application\/octet-stream/u],
    ['nonsense', 'x', /Content-Type: application\/octet-stream/u],
  ])('carries an attachment of %j safely', async (contentType, content, expected) => {
    const source = await compose({ attachments: [{ filename: 'file.eml', content: Buffer.from(content), contentType }] })
    expect(source).toMatch(expected)
    expect(source).not.toMatch(/^Evil/mu)
  })
})

describe('what cannot be sent', () => {
  test.each([
    ['from', { from: { address: 'a@b\r\nEvil: 1' } }],
    ['to', { to: [{ address: 'a@b>\r\nRCPT TO:<c@d' }] }],
    ['to', { to: [{ address: 'a b@example.org' }] }],
    ['to', { to: [{ address: 'a@[127.0.0.1]' }] }],
    ['to', { to: [{ address: 'a@127.1' }] }],
    ['to', { to: [{ address: 'nobody' }] }],
    ['cc', { cc: [{ address: '@example.org' }] }],
    ['bcc', { bcc: [{ address: 'a@' }] }],
    ['replyTo', { replyTo: { address: 'a<b@example.org' } }],
    ['recipients', { to: [] }],
    ['messageIdHeader', { messageIdHeader: '<a@b>\r\nEvil: 1' }],
    ['date', { date: new Date(Number.NaN) }],
    ['headers', { headers: [{ name: 'Bcc', value: 'x' }] }],
    ['headers', { headers: [{ name: 'X-A', value: 'x\r\nEvil: 1' }] }],
    ['attachments.contentId', { attachments: [{ filename: 'a', content: new Uint8Array(), contentId: 'a>\r\nEvil: 1' }] }],
  ] satisfies [string, Partial<MessageDraft>][])('is told by its field: %s', async (field, changes) => {
    const failure: unknown = await composeMessage({ ...DRAFT, ...changes }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(InvalidDraft)
    expect(failure).toMatchObject({ field })
    expect(String(failure)).not.toContain('Evil')
  })
})

describe('whatever people write', () => {
  const nasty = fc.constantFrom(
    '\r',
    '\n',
    '\0',
    '\r\n',
    '\r\n\r\n',
    '\r\n.\r\n',
    'Bcc: x',
    ' ',
    '=?',
    '?=',
    '"',
    '\\',
    '\u{1F469}\u200D\u{1F680}',
    '\ud800',
    '\u2028',
    '\u0085',
  )
  const anyText = fc
    .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 30 }), fc.lorem()), { maxLength: 12 })
    .map((parts) => parts.join(''))
  const anyDraft = fc.record({
    from: fc.record({ address: fc.constant('ada@example.org'), name: anyText }),
    to: fc.array(fc.record({ address: fc.emailAddress(), name: anyText }), { minLength: 1, maxLength: 4 }),
    cc: fc.array(fc.record({ address: fc.emailAddress(), name: anyText }), { maxLength: 2 }),
    bcc: fc.constant([{ address: 'secret@hidden.example', name: 'Hidden' }]),
    subject: anyText,
    text: fc.option(anyText, { nil: undefined }),
    html: fc.option(anyText, { nil: undefined }),
    attachments: fc.array(
      fc.record({ filename: anyText, content: fc.uint8Array({ maxLength: 200 }), contentType: fc.option(anyText, { nil: undefined }) }),
      { maxLength: 2 },
    ),
    references: fc.array(anyText, { maxLength: 3 }),
    inReplyTo: fc.option(anyText, { nil: undefined }),
  })
  test('stays in its field, in clean lines, and the same draft makes the same octets', async () => {
    await fc.assert(
      fc.asyncProperty(anyDraft, async (changes) => {
        const { source } = await composeMessage({ ...DRAFT, ...changes })
        const text = source.toString('latin1')
        expect(text).not.toMatch(/\0|\r(?!\n)|(?<!\r)\n/u)
        expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
        expect(text.endsWith('\r\n')).toBe(true)
        expect(text).not.toContain('hidden.example')
        const names = listFields(text).map((line) => /^[!-9;-~]+(?=:)/u.exec(line)?.[0])
        expect(
          names.filter(
            (name) =>
              !/^(?:From|To|Cc|Subject|Date|Message-ID|In-Reply-To|References|MIME-Version|Content-(?:Type|Transfer-Encoding))$/u.test(
                name ?? '',
              ),
          ),
        ).toEqual([])
        expect(new Set(names).size).toBe(names.length)
        expect((await composeMessage({ ...DRAFT, ...changes })).source.equals(source)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('is read back as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(anyDraft, async (changes) => {
        const text = `Dear ${changes.text}`
        const html = `<p>${changes.html}`
        const message = await read({ ...changes, text, html })
        expect(inLines(message.text ?? '')).toBe(inLines(text))
        expect(inLines(message.html ?? '')).toBe(inLines(html))
        expect(clean(message.subject)).toBe(clean(changes.subject))
        expect(message.to.map(({ address }) => address)).toEqual(
          changes.to.map(({ address }) => address.replace(/@.*$/u, (domain) => domain.toLowerCase())),
        )
        expect(clean(message.from[0]?.name ?? '')).toBe(clean(changes.from.name))
      }),
      { numRuns: 60 },
    )
  })

  test.each([998, 1900])('has a subject of %i characters without blanks in lines of at most 78', async (length) => {
    for (const character of ['x', '\u00fc', '\u{1F600}', '=', ' =?x']) {
      const subject = character.repeat(length / character.length)
      const source = await compose({ subject })
      const header = source.slice(0, source.indexOf('\r\n\r\n'))
      expect(Math.max(...header.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78)
      expect((await read({ subject })).subject).toBe(subject.trim())
    }
  })

  test('has emoji whole in every encoded word', async () => {
    const source = await compose({ subject: '\u{1F469}\u200D\u{1F680}'.repeat(60) })
    const words = [...source.matchAll(/=\?utf-8\?b\?([^?]+)\?=/gu)].map(([, base64]) =>
      Buffer.from(base64 ?? '', 'base64').toString('utf8'),
    )
    expect(words.length).toBeGreaterThan(5)
    expect(words.join('')).toBe('\u{1F469}\u200D\u{1F680}'.repeat(60))
    expect(words.every((word) => !word.includes('\uFFFD'))).toBe(true)
  })

  test('has file names of any script', async () => {
    for (const filename of [
      '\u0440\u0435\u0437\u044e\u043c\u0435 2026.pdf',
      `${'\u{1F600}'.repeat(50)}.txt`,
      'a"b\\c.txt',
      '=?utf-8?q?x?=.txt',
      "it's; x=1.txt",
    ]) {
      const message = await read({ attachments: [{ filename, content: Uint8Array.of(1) }] })
      expect(message.attachments[0]?.filename).toBe(filename.replaceAll('\\', '_'))
    }
  })
})

describe('createMessageId', () => {
  test('is unique, in the domain of the account', () => {
    expect(createMessageId('ada@B\u00fccher.example')).toMatch(/^<[0-9a-f-]{36}@xn--bcher-kva\.example>$/u)
    expect(createMessageId('a@b.example')).not.toBe(createMessageId('a@b.example'))
    expect(() => createMessageId('nobody')).toThrow(InvalidDraft)
  })
})
