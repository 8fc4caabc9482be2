import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Message } from './message.ts'
import { MAX_QUOTED_CHARACTERS, quoteMessage, type QuoteMode } from './quote-message.ts'

const ADA = { name: 'Ada Lovelace', address: 'ada@maildock.test' }
const GRACE = { name: null, address: 'grace@maildock.test' }
const ALAN = { name: 'Alan Turing', address: 'alan@maildock.test' }
const OWN = 'me@maildock.test'
const ME = { name: 'Me', address: 'ME@Maildock.test' }

const message = (change: Partial<Message> = {}): Message => ({
  id: '0199c0de-0000-7000-8000-000000000001',
  accountId: '0199c0de-0000-7000-8000-000000000002',
  mailboxIds: [],
  threadId: null,
  subject: 'Plans',
  from: [ADA],
  to: [ME, GRACE],
  cc: [ALAN],
  bcc: [],
  replyTo: [],
  snippet: '',
  receivedAt: new Date('2026-01-05T09:10:00Z'),
  sentAt: new Date('2026-01-05T09:08:59Z'),
  sizeOctets: 1,
  seen: true,
  flagged: false,
  answered: false,
  draft: false,
  hasAttachments: true,
  messageIdHeader: '<1@maildock.test>',
  inReplyTo: null,
  references: [],
  bodyState: 'stored',
  text: 'First\n> older\n\nLast\n\n',
  attachments: [{ part: '2', filename: 'a.pdf', contentType: 'application/pdf', sizeOctets: 3, contentId: null, inline: false }],
  ...change,
})

describe('whom an answer goes to', () => {
  it.each<[string, Partial<Message>, QuoteMode, unknown, unknown]>([
    ['its author', {}, 'reply', [ADA], []],
    ['where its author wants answers', { replyTo: [GRACE] }, 'reply', [GRACE], []],
    ['everybody but oneself', {}, 'reply_all', [ADA, GRACE], [ALAN]],
    ['where answers are wanted, and everybody', { replyTo: [ALAN] }, 'reply_all', [ALAN, GRACE], []],
    ['those one wrote to', { from: [ME], to: [GRACE] }, 'reply', [GRACE], []],
    ['all of those one wrote to', { from: [ME], to: [GRACE] }, 'reply_all', [GRACE], [ALAN]],
    ['oneself, when there is nobody else', { from: [ME], to: [ME], cc: [] }, 'reply', [ME], []],
    [
      'nobody twice',
      { to: [ADA, GRACE, { ...GRACE, name: 'G' }], cc: [{ name: 'A', address: 'ADA@maildock.test' }] },
      'reply_all',
      [ADA, GRACE],
      [],
    ],
    [
      'nobody without an address',
      { replyTo: [{ name: 'List', address: null }], cc: [{ name: 'Group', address: null }] },
      'reply_all',
      [ADA, GRACE],
      [],
    ],
    ['nobody yet, of a forward', {}, 'forward', [], []],
  ])('%s', (_what, change, mode, to, cc) => {
    expect(quoteMessage(message(change), mode, OWN)).toMatchObject({ to, cc })
  })
})

describe('the subject', () => {
  it.each<[string, QuoteMode, string]>([
    ['Plans', 'reply', 'Re: Plans'],
    ['Re: Plans', 'reply_all', 'Re: Plans'],
    ['AW: Re: WG: Plans', 'reply', 'Re: Plans'],
    ['Re: Plans', 'forward', 'Fwd: Plans'],
    ['', 'reply', 'Re:'],
    ['x'.repeat(2_000), 'reply', `Re: ${'x'.repeat(896)}`],
  ])('%j, %s', (subject, mode, expected) => {
    expect(quoteMessage(message({ subject }), mode, OWN).subject).toBe(expected)
  })
})

describe('the text', () => {
  it('of an answer is quoted, one level deeper', () => {
    expect(quoteMessage(message(), 'reply', OWN)).toMatchObject({
      text: 'On Mon, 5 Jan 2026 at 09:08 UTC, Ada Lovelace <ada@maildock.test> wrote:\n> First\n>> older\n>\n> Last',
      complete: true,
      attachments: [],
    })
  })

  it('of a forward has its head above it, and takes the attachments along', () => {
    const { text, attachments } = quoteMessage(message({ sentAt: null }), 'forward', OWN)
    expect(text).toBe(
      [
        '---------- Forwarded message ----------',
        'From: Ada Lovelace <ada@maildock.test>',
        'Date: Mon, 5 Jan 2026 at 09:10 UTC',
        'Subject: Plans',
        'To: Me <ME@Maildock.test>, grace@maildock.test',
        'Cc: Alan Turing <alan@maildock.test>',
        '',
        'First\n> older\n\nLast',
      ].join('\n'),
    )
    expect(attachments.map(({ part }) => part)).toEqual(['2'])
  })

  it('names whom it went to, but not thousands, and nobody by a line of his own making', () => {
    const to = Array.from({ length: 60 }, (_, index) => ({
      name: index === 0 ? 'A\nSubject: forged\u202e' : null,
      address: `r${index}@b.example`,
    }))
    const { text } = quoteMessage(message({ to }), 'forward', OWN)
    expect(text).toContain('To: A Subject: forged <r0@b.example>, r1@b.example')
    expect(text).toContain('r49@b.example and 10 more\nCc:')
  })

  it('of a message whose source is still to come is missing, and it is told', () => {
    expect(quoteMessage(message({ text: null, bodyState: 'pending' }), 'reply', OWN)).toMatchObject({
      text: expect.stringMatching(/wrote:\n>$/u),
      bodyState: 'pending',
    })
  })

  it('that is very long ends with a line, and says so', () => {
    const { text, complete } = quoteMessage(message({ text: 'ü'.repeat(99).concat('\n').repeat(3_000) }), 'forward', OWN)
    expect(complete).toBe(false)
    expect(text.endsWith(`\n${'ü'.repeat(99)}\n[…]`)).toBe(true)
    expect(text.length).toBeLessThan(MAX_QUOTED_CHARACTERS + 1_000)
  })

  it('is cut in one go through it, however many empty lines are within', () => {
    const { text, complete } = quoteMessage(message({ text: `a${'\n'.repeat(1_900_000)}b` }), 'forward', OWN)
    expect(complete).toBe(false)
    expect(text.length).toBeLessThan(MAX_QUOTED_CHARACTERS + 1_000)
  })

  it('has every line marked, and no control characters, whatever was in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (hostile) => {
        const { text } = quoteMessage(message({ text: `\r\n${hostile}\rX` }), 'reply', OWN)
        const [, ...lines] = text.split('\n')
        expect(lines.every((line) => line.startsWith('>'))).toBe(true)
        expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/u)
      }),
    )
  })
})
