import { describe, expect, it } from 'vitest'
import { parseMessage } from '../content/parse-message.ts'
import { looksLikeReport } from './looks-like-report.ts'
import { readDeliveryReport } from './read-delivery-report.ts'

const ID = '<4c1e0b5a-0f0e-4a53-9a5c-5f2f0f4d9a11@shop.example>'
const read = (...lines: readonly string[]) => readDeliveryReport(Buffer.from(lines.join('\r\n')))

const report = (type: string, status: readonly string[], original = 'message/rfc822'): readonly string[] => [
  'From: Mail Delivery System <MAILER-DAEMON@mx.example.org>',
  `Content-Type: multipart/report; report-type=${type}; boundary=b`,
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'Sorry.',
  '--b',
  ...status,
  '--b',
  `Content-Type: ${original}`,
  '',
  `Message-ID: ${ID}`,
  'Subject: hello',
  '',
  'hello',
  '--b--',
]

describe('a delivery status notification (RFC 3464)', () => {
  const dsn = report('delivery-status', [
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.org',
    'Original-Envelope-Id: env-1',
    '',
    'Original-Recipient: rfc822;old@example.org',
    'Final-Recipient: rfc822; gone@example.org',
    'Action: failed',
    'Status: 5.1.1',
    'Remote-MTA: dns; in.example.org',
    'Diagnostic-Code: smtp; 550 5.1.1 <gone@example.org>:',
    '    User unknown',
    '',
    'Final-Recipient: rfc822; slow@example.org',
    'Action: delayed (in German: verzögert)',
    'Status: 4.4.7',
    '',
  ])

  it('is told recipient by recipient', () => {
    expect(read(...dsn)).toEqual({
      kind: 'dsn',
      envelopeId: 'env-1',
      originalMessageIds: [ID],
      recipients: [
        {
          finalRecipient: 'gone@example.org',
          originalRecipient: 'old@example.org',
          action: 'failed',
          status: '5.1.1',
          diagnostic: '550 5.1.1 <gone@example.org>: User unknown',
          remoteMta: 'in.example.org',
        },
        {
          finalRecipient: 'slow@example.org',
          originalRecipient: null,
          action: 'delayed',
          status: '4.4.7',
          diagnostic: null,
          remoteMta: null,
        },
      ],
    })
  })

  it('looks like one to who stores it', () => {
    expect(looksLikeReport(parseMessage(Buffer.from(dsn.join('\r\n'))))).toBe(true)
  })

  it('may give the header of the message alone, and addresses in UTF-8 (RFC 6533)', () => {
    const told = read(
      ...report(
        'global-delivery-status',
        [
          'Content-Type: message/global-delivery-status',
          '',
          'Reporting-MTA: dns; mx',
          '',
          'Final-Recipient: utf-8; j\\x{F6}rg@example.org',
          'Status: 5.1.1',
          '',
        ],
        'text/rfc822-headers',
      ),
    )
    expect(told).toMatchObject({ originalMessageIds: [ID], recipients: [{ finalRecipient: 'jörg@example.org', action: 'failed' }] })
  })
})

describe('a complaint (RFC 5965)', () => {
  it('tells who complained', () => {
    const told = read(
      ...report('feedback-report', [
        'Content-Type: message/feedback-report',
        '',
        'Feedback-Type: abuse',
        'Original-Rcpt-To: <you@example.org>',
        '',
      ]),
    )
    expect(told).toEqual({ kind: 'complaint', feedbackType: 'abuse', originalRecipients: ['you@example.org'], originalMessageIds: [ID] })
  })
})

const header = (...more: readonly string[]): readonly string[] => ['From: MAILER-DAEMON@mx.example.org', 'Subject: failure', ...more, '']

describe('a report in prose', () => {
  it('of qmail', () => {
    const told = read(
      ...header(),
      'Hi. This is the qmail-send program at mx.example.org.',
      "I'm afraid I wasn't able to deliver your message to the following addresses.",
      '',
      '<gone@example.org>:',
      'Sorry, no mailbox here by that name. (#5.1.1)',
      '',
      '--- Below this line is a copy of the message.',
      '',
      `Message-ID: ${ID}`,
      '',
      '<other@example.org>:',
    )
    expect(told).toMatchObject({
      originalMessageIds: [ID],
      recipients: [{ finalRecipient: 'gone@example.org', action: 'failed', status: '5.1.1' }],
    })
    expect(told?.kind === 'dsn' && told.recipients).toHaveLength(1)
  })

  it('of Exim', () => {
    const told = read(
      ...header('X-Failed-Recipients: gone@example.org'),
      'This message was created automatically by mail delivery software.',
      '',
      'A message that you sent could not be delivered to one or more of its recipients. The following address(es) failed:',
      '',
      '  gone@example.org',
      '    host in.example.org [192.0.2.1]',
      '    SMTP error from remote mail server after RCPT TO:<gone@example.org>:',
      '    550 5.1.1 User unknown',
      '',
      '------ This is a copy of the message, including all the headers. ------',
      `Message-ID: ${ID}`,
    )
    expect(told).toMatchObject({ originalMessageIds: [ID], recipients: [{ finalRecipient: 'gone@example.org', status: '5.1.1' }] })
  })

  it('of Postfix', () => {
    const told = read(
      ...header(),
      'This is the mail system at host mx.example.org.',
      '',
      '<gone@example.org>: host in.example.org[192.0.2.1] said: 550 5.1.1',
      '    <gone@example.org>: User unknown (in reply to RCPT TO command)',
    )
    expect(told).toMatchObject({ recipients: [{ finalRecipient: 'gone@example.org', status: '5.1.1', action: 'failed' }] })
  })

  it('of Gmail', () => {
    const told = read(
      ...header('X-Failed-Recipients: gone@example.org', `References: ${ID}`),
      "Your message wasn't delivered to gone@example.org because the address couldn't be found.",
      '',
      'The response was:',
      '',
      '550 5.1.1 The email account that you tried to reach does not exist.',
    )
    expect(told).toMatchObject({ originalMessageIds: [ID], recipients: [{ finalRecipient: 'gone@example.org', status: '5.1.1' }] })
  })

  it('of Exchange', () => {
    const told = read(
      ...header(`In-Reply-To: ${ID}`),
      'Delivery has failed to these recipients or groups:',
      '',
      'gone@example.org<mailto:gone@example.org>',
      "The email address you entered couldn't be found.",
      '',
      'Diagnostic information for administrators:',
      '',
      "Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found'",
    )
    expect(told).toMatchObject({ originalMessageIds: [ID], recipients: [{ finalRecipient: 'gone@example.org', status: '5.1.10' }] })
  })

  it('of a delay is no failure', () => {
    const told = read(
      ...header(),
      'This message was created automatically by mail delivery software.',
      'A message that you sent has not yet been delivered to one or more of its recipients.',
      '',
      '  slow@example.org',
      '    Delay reason: greylisted',
    )
    expect(told).toMatchObject({ recipients: [{ finalRecipient: 'slow@example.org', action: 'delayed' }] })
  })
})

describe('what is no report', () => {
  it.each([
    ['a letter', ['From: ada@example.org', '', 'gone@example.org', 'does not exist']],
    ['an answer of a postmaster', ['From: postmaster@example.org', '', 'I am away.']],
    ['nothing', ['']],
  ])('%s', (_name, lines) => {
    expect(read(...lines)).toBeNull()
  })

  it('a letter that encloses one', () => {
    const enclosing = [
      'Content-Type: multipart/mixed; boundary=o',
      '',
      '--o',
      'Content-Type: message/rfc822',
      '',
      ...report('delivery-status', []),
      '--o--',
    ]
    expect(read(...enclosing)).toBeNull()
  })
})

describe('hostile octets', () => {
  it.each([
    ['long lines', 'Hi. This is the qmail-send program\n' + '<'.repeat(500_000)],
    ['addresses without end', 'Hi. This is the qmail-send program\n' + 'a@b.example:\n'.repeat(200_000)],
    ['blanks', 'This is the mail system at host \n' + ' '.repeat(1_000_000)],
    [
      'fields without end',
      'Content-Type: message/delivery-status\n\n' + 'Final-Recipient: rfc822; a@b.example\nAction: failed\n\n'.repeat(20_000),
    ],
    ['commas', `X-Failed-Recipients: ${'a@b.example,'.repeat(50_000)}\n\nhello`],
    ['a field without end', 'Content-Type: message/delivery-status\n\nStatus:' + '\n 5.1.1'.repeat(100_000)],
    ['octets', Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 256)).toString('latin1')],
  ])('%s are read within bounds', (_name, source) => {
    const told = readDeliveryReport(Buffer.from(source, 'latin1'))
    expect(told?.kind === 'dsn' ? told.recipients.length : 0).toBeLessThanOrEqual(200)
  })
})
