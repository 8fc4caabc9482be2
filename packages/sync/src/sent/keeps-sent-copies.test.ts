import { describe, expect, it } from 'vitest'
import { keepsSentCopies } from './keeps-sent-copies.ts'

describe('keepsSentCopies', () => {
  it.each<[string, string, string, boolean]>([
    ['imap.gmail.com', 'smtp.gmail.com', 'X-GM-EXT-1', true],
    ['IMAP.GMAIL.COM', 'SMTP.GOOGLEMAIL.COM.', 'X-GM-EXT-1', true],
    ['imap.gmail.com', 'smtp-relay.gmail.com', 'X-GM-EXT-1', false],
    ['imap.gmail.com', 'smtp.maildock.test', 'X-GM-EXT-1', false],
    ['imap.maildock.test', 'smtp.gmail.com', '', false],
    ['outlook.office365.com', 'smtp.office365.com', '', true],
    ['outlook.office365.com', 'smtp.maildock.test', '', false],
    ['imap.maildock.test', 'smtp.office365.com', '', false],
    ['imap.mail.yahoo.com', 'smtp.mail.yahoo.com', '', false],
    ['imap.maildock.test', 'smtp.maildock.test', '', false],
  ])('%s and %s, %s: %s', (imapHost, smtpHost, capability, expected) => {
    expect(keepsSentCopies({ imapHost, smtpHost, capabilities: new Set([capability]) })).toBe(expected)
  })
})
