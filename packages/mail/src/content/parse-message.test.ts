import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CONTENT_LIMITS } from './content-limits.ts'
import { parseHeader, parseMessage, readHeaderAlone, type ParsedMessage } from './parse-message.ts'

const NOW = new Date('2026-06-15T12:00:00Z')
const lines = (...text: readonly string[]): Buffer => Buffer.from(text.join('\r\n'), 'utf8')
const read = (...text: readonly string[]): ParsedMessage => parseMessage(lines(...text), NOW)
const readSubject = (...text: readonly string[]): string => parseHeader(Buffer.from(text.join('\r\n'), 'latin1'), NOW).subject

describe('a plain message', () => {
  const message = read(
    'From: =?utf-8?Q?J=C3=BCrgen?= <j@a.example>',
    'To: Ann <ann@b.example>, bob@b.example',
    'Cc: c@d.example',
    'Bcc: hidden@d.example',
    'Reply-To: list@d.example',
    'Subject: =?utf-8?B?R3LDvMOfZQ==?=',
    ' and more',
    'Date: Thu, 15 Jan 2026 10:20:30 +0000',
    'Message-ID: <1@a.example>',
    'In-Reply-To: <0@a.example>',
    'References: <-1@a.example>',
    ' <0@a.example>',
    '',
    'Hello,',
    'world',
  )

  it('has its header read', () => {
    expect(message).toMatchObject({
      from: [{ name: 'Jürgen', address: 'j@a.example' }],
      to: [
        { name: 'Ann', address: 'ann@b.example' },
        { name: null, address: 'bob@b.example' },
      ],
      cc: [{ address: 'c@d.example' }],
      bcc: [{ address: 'hidden@d.example' }],
      replyTo: [{ address: 'list@d.example' }],
      subject: 'Grüße and more',
      sentAt: new Date('2026-01-15T10:20:30Z'),
      messageIdHeader: '<1@a.example>',
      inReplyTo: '<0@a.example>',
      references: ['<-1@a.example>', '<0@a.example>'],
    })
  })

  it('has its text, and a snippet of one line', () => {
    expect(message).toMatchObject({
      text: 'Hello,\nworld',
      html: null,
      snippet: 'Hello, world',
      attachments: [],
      hasAttachments: false,
      complete: true,
    })
  })
})

describe('multiparts', () => {
  it('of alternatives, takes the text and the HTML', () => {
    const message = read(
      'Content-Type: multipart/alternative; boundary=b',
      '',
      'preamble',
      '--b',
      '',
      'plain',
      '--b',
      'Content-Type: text/html; charset=utf-8',
      '',
      '<p>rich</p>',
      '--b--',
      'epilogue',
    )
    expect(message).toMatchObject({ text: 'plain', html: '<p>rich</p>', attachments: [] })
  })

  it('counts parts as IMAP does, and tells inline images from attachments', () => {
    const message = read(
      'Content-Type: multipart/mixed; boundary="outer"',
      '',
      '--outer',
      'Content-Type: multipart/related; boundary="inner"',
      '',
      '--inner',
      'Content-Type: text/html',
      '',
      '<img src="cid:logo@x">',
      '--inner',
      'Content-Type: image/png; name=logo.png',
      'Content-ID: <logo@x>',
      'Content-Transfer-Encoding: base64',
      '',
      'aGVsbG8=',
      '--inner--',
      '--outer',
      "Content-Type: application/pdf; name*=utf-8''%C3%BCbersicht.pdf",
      'Content-Disposition: attachment',
      '',
      '%PDF',
      '--outer',
      'Content-Type: message/rfc822',
      '',
      'Subject: within',
      '',
      'text within',
      '--outer--',
    )
    expect(message.attachments).toEqual([
      { part: '1.2', filename: 'logo.png', contentType: 'image/png', contentId: 'logo@x', inline: true, sizeOctets: 5 },
      { part: '2', filename: 'übersicht.pdf', contentType: 'application/pdf', contentId: null, inline: false, sizeOctets: 4 },
      { part: '3', filename: null, contentType: 'message/rfc822', contentId: null, inline: false, sizeOctets: 30 },
    ])
    expect(message.hasAttachments).toBe(true)
    expect(message.text).toBe('')
  })

  it('does not list an inline image as an attachment', () => {
    const message = read(
      'Content-Type: multipart/related; boundary=b',
      '',
      '--b',
      'Content-Type: text/html',
      '',
      '<img src="cid:g">',
      '--b',
      'Content-Type: image/gif',
      'Content-ID: <g>',
      '',
      'GIF',
      '--b--',
    )
    expect(message.hasAttachments).toBe(false)
  })

  it('joins the texts of a mixed message in order', () => {
    expect(read('Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'one', '--b', '', 'two', '--b--').text).toBe('one\ntwo')
  })

  it('takes a single part that is no text for an attachment, part 1', () => {
    const message = read('Content-Type: application/zip', 'Content-Transfer-Encoding: base64', '', 'aGVsbG8=')
    expect(message).toMatchObject({ text: null, attachments: [{ part: '1', sizeOctets: 5 }], hasAttachments: true })
  })

  it('takes a single text for the text, whatever its name, unless it is called an attachment', () => {
    const named = parseMessage(Buffer.from('Content-Type: text/plain; name=report.txt\r\n\r\nall is well'))
    expect(named).toMatchObject({ text: 'all is well', attachments: [] })
    const attached = parseMessage(Buffer.from('Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx'))
    expect(attached).toMatchObject({ text: null, attachments: [{ part: '1', filename: 'a.txt' }] })
  })

  it('reads the text of a message that encloses nothing but another', () => {
    const enclosed = Buffer.from('Subject: inner\r\n\r\nthe text').toString('base64')
    const message = read('Subject: outer', 'Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64', '', enclosed)
    expect(message).toMatchObject({ subject: 'outer', text: 'the text' })
  })

  it('reads text that a digest, a calendar part and TNEF stand beside', () => {
    const message = read(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'hello',
      '--b',
      'Content-Type: text/calendar; method=REQUEST',
      '',
      'BEGIN:VCALENDAR',
      '--b',
      'Content-Type: application/ms-tnef; name=winmail.dat',
      '',
      'x',
      '--b--',
    )
    expect(message.text).toBe('hello')
    expect(message.attachments.map((attachment) => attachment.contentType)).toEqual([
      'text/calendar; method=REQUEST',
      'application/ms-tnef',
    ])
  })
})

describe('what is broken', () => {
  it.each<[string, readonly string[], Partial<ParsedMessage>]>([
    ['nothing at all', [''], { subject: '', text: '', attachments: [] }],
    ['a header alone', ['Subject: x'], { subject: 'x', text: '' }],
    ['a body alone', ['Only text, no header', 'at all'], { subject: '', text: 'Only text, no header\nat all' }],
    ['an mbox line', ['From joe Thu Jan 15 2026', 'Subject: x', '', 'y'], { subject: 'x', text: 'y' }],
    ['a multipart without a boundary', ['Content-Type: multipart/mixed', '', 'x'], { text: 'x' }],
    ['a multipart without its parts', ['Content-Type: multipart/mixed; boundary=b', '', 'x'], { text: 'x' }],
    ['a multipart that is never closed', ['Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'x'], { text: 'x' }],
    [
      'an inner multipart that is never closed',
      [
        'Content-Type: multipart/mixed; boundary=o',
        '',
        '--o',
        'Content-Type: multipart/alternative; boundary=i',
        '',
        '--i',
        '',
        'x',
        '--o',
        '',
        'y',
        '--o--',
      ],
      { text: 'x\ny' },
    ],
    [
      'a boundary that begins another',
      [
        'Content-Type: multipart/mixed; boundary=ab',
        '',
        '--ab',
        'Content-Type: multipart/alternative; boundary=abc',
        '',
        '--abc',
        '',
        'x',
        '--abc--',
        '--ab',
        '',
        'y',
        '--ab--',
      ],
      { text: 'x\ny' },
    ],
    [
      'a delimiter line with more behind it',
      ['Content-Type: multipart/mixed; boundary=b', '', '--b junk', '', 'x', '--b-- junk', 'z'],
      { text: 'x' },
    ],
    ['a content type that is none', ['Content-Type: text', '', 'x'], { text: 'x' }],
    ['an unknown charset', ['Content-Type: text/plain; charset=x-klingon', '', 'grün'], { text: 'grün' }],
    ['an unknown transfer encoding', ['Content-Transfer-Encoding: x-mine', '', 'x'], { text: 'x' }],
    ['U+0000 in the subject', ['Subject: a\0b', '', 'c\0d'], { subject: 'a b', text: 'c\uFFFDd' }],
    ['control and direction marks in the subject', ['Subject: a\u001B[31mb\u202Ec', '', ''], { subject: 'a [31mbc' }],
    ['blanks before the colon', ['Subject : x', '', 'y'], { subject: 'x', text: 'y' }],
    ['no Message-ID in brackets', ['Message-ID: 1@a.example', '', ''], { messageIdHeader: null }],
    ['a Message-ID of 64 kB', [`Message-ID: <${'x'.repeat(65_536)}@a.example>`, '', ''], { messageIdHeader: null }],
  ])('%s', (_what, text, expected) => {
    expect(read(...text)).toMatchObject(expected)
  })

  it.each([
    ['LF', '\n'],
    ['CR', '\r'],
  ])('line ends of %s alone', (_name, end) => {
    const source = ['Subject: x', 'Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'text', '--b--'].join(end)
    expect(parseMessage(Buffer.from(source), NOW)).toMatchObject({ subject: 'x', text: 'text' })
  })
})

describe('attachment names are data', () => {
  it.each(['../../etc/passwd', 'con', 'a\u202Egpj.exe', 'x'.repeat(4_000)])('%s', (name) => {
    const message = read(`Content-Disposition: attachment; filename="${name}"`, 'Content-Type: a/b', '', 'x')
    expect(message.attachments[0]?.filename).toBe(name.slice(0, CONTENT_LIMITS.nameCharacters))
  })
})

describe('bounds', () => {
  it('reads a thousand parts of fifty thousand and says so', () => {
    const message = parseMessage(
      Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: a/b\r\n\r\nx\r\n'.repeat(50_000)}--b--`),
      NOW,
    )
    expect(message.complete).toBe(false)
    expect(message.attachments).toHaveLength(CONTENT_LIMITS.parts - 1)
  })

  it('searches no part beyond its end: a thousand that lack their boundary cost no more than one', () => {
    const parts = Array.from({ length: 900 }, (_value, number) => `--b\r\nContent-Type: multipart/mixed; boundary=none${number}\r\n\r\n`)
    const source = Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts.join('')}${'A'.repeat(20_000_000)}`)
    const started = process.cpuUsage()
    expect(parseMessage(source).complete).toBe(true)
    // Some 25 s when each part is searched to the end of the message.
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(5_000)
  })

  it('stops at a depth of multiparts', () => {
    const nested = Array.from(
      { length: 1_000 },
      (_value, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`,
    )
    expect(parseMessage(Buffer.from(`${nested.join('')}\r\nx`), NOW).complete).toBe(false)
  })

  it('stops at a depth of enclosed messages', () => {
    const nested = 'Content-Type: message/rfc822\r\n\r\n'.repeat(100)
    expect(parseMessage(Buffer.from(`${nested}\r\nx`), NOW)).toMatchObject({ text: null, attachments: [{ part: '1' }] })
  })

  it('cuts a text that is larger than anybody reads', () => {
    const message = read('', 'x'.repeat(CONTENT_LIMITS.textCharacters + 10))
    expect(message.text?.length).toBe(CONTENT_LIMITS.textCharacters)
    expect(message.snippet.length).toBe(CONTENT_LIMITS.snippetCharacters)
  })

  it.each<[string, string]>([
    ['header fields', `${'X: y\r\n'.repeat(200_000)}\r\nbody`],
    ['an endless header', `X: ${'y'.repeat(5_000_000)}\r\n\r\nbody`],
    ['folded lines', `X: y\r\n${' z\r\n'.repeat(300_000)}\r\nbody`],
    ['blanks', `\r\n${' '.repeat(5_000_000)}`],
    ['quotes', `\r\n${'>'.repeat(2_000_000)}`],
    ['flowed text', `Content-Type: text/plain; format=flowed\r\n\r\n${'> x \r\n'.repeat(300_000)}`],
    ['unclosed styles', `Content-Type: text/html\r\n\r\n${'<style>'.repeat(200_000)}`],
    ['unclosed comments', `Content-Type: text/html\r\n\r\n${'<!--'.repeat(300_000)}`],
    ['open brackets', `Content-Type: text/html\r\n\r\n${'<'.repeat(1_000_000)}`],
    ['div after div', `Content-Type: text/html\r\n\r\n${'<div>'.repeat(300_000)}`],
    ['entities', `Content-Type: text/html\r\n\r\n${'&nbsp;'.repeat(300_000)}&${'a'.repeat(500_000)}`],
    ['delimiters that are none', `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--bx\r\n'.repeat(300_000)}`],
  ])('takes linear time for %s', (_what, source) => {
    const bytes = Buffer.from(source)
    const started = process.cpuUsage()
    parseMessage(bytes, NOW)
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(3_000)
  })
})

function isGuess(...header: readonly string[]): boolean {
  return readHeaderAlone(Buffer.from(header.join('\r\n'), 'latin1'), NOW).isGuess
}

describe('raw octets in a header that is read alone', () => {
  it('are of the charset the header names', () => {
    expect(readSubject('Subject: \u00f0\u00d2', 'Content-Type: text/plain; charset=koi8-r', '', '')).toBe('Пр')
  })

  it('are of the charset a part names that came along', () => {
    const multipart = ['Subject: \u00f0\u00d2', 'Content-Type: multipart/mixed; boundary=b', '']
    expect(readSubject(...multipart, '--b', 'Content-Type: text/plain; charset=koi8-r', '', 'x', '--b--')).toBe('Пр')
    expect(readSubject(...multipart, '')).toBe('ðÒ')
  })

  it('are a guess where nothing names their charset', () => {
    expect(isGuess('Subject: \u00f0\u00d2', 'Content-Type: multipart/mixed; boundary=b', '', '')).toBe(true)
    expect(isGuess('Subject: \u00f0\u00d2', 'Content-Type: text/plain; charset=koi8-r', '', '')).toBe(false)
    expect(isGuess('Subject: Gr\u00c3\u00bcn', '', '')).toBe(false)
    expect(isGuess('Subject: plain', '', '')).toBe(false)
  })
})

describe('whatever the octets', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets)),
    fc
      .constantFrom(
        '\r\n',
        '\n',
        '\r',
        '--b',
        '--b--',
        'Content-Type: multipart/mixed; boundary=b',
        'Content-Type: text/html; charset=utf-7',
        'Content-Transfer-Encoding: base64',
        'Subject: =?utf-8?B?',
        '<style>',
        '\0',
      )
      .map((text) => Buffer.from(text)),
  )

  it('answers, with text the database can store', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const message = parseMessage(Buffer.concat(pieces), NOW)
        const text = JSON.stringify(message)
        expect(text).not.toContain(String.raw`\u0000`)
        expect(text.isWellFormed()).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('answers for a header alone', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(parseHeader(Buffer.concat(pieces), NOW).subject.isWellFormed()).toBe(true)
      }),
    )
  })
})
