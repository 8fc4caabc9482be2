import { describe, expect, test } from 'vitest'
import { ProtocolViolation } from '../wire/line-stream.ts'
import { endsTheSession, judgeReply } from './judge-reply.ts'
import { parseSmtpReply } from './smtp-reply.ts'

const UNAVAILABLE = { verdict: 'deferred', code: 'upstream.unavailable', retryAfterMs: null, limitsAccount: false }
const THROTTLED = { verdict: 'deferred', code: 'upstream.rate_limited', retryAfterMs: null, limitsAccount: true }
const OF_A_MOMENT = { ...THROTTLED, limitsAccount: false }
const OF_THE_DAY = { ...THROTTLED, retryAfterMs: 3_600_000 }
const MESSAGE = { verdict: 'refused', code: 'smtp.message_refused', tooLarge: false }
const TOO_LARGE = { verdict: 'refused', code: 'smtp.message_refused', tooLarge: true }
const RECIPIENT = { verdict: 'refused', code: 'smtp.recipient_refused', tooLarge: false }
const LOGIN = { verdict: 'refused', code: 'smtp.authentication_failed', tooLarge: false }

describe('judgeReply', () => {
  test.each([
    ['250 ok', 'mail', { verdict: 'accepted' }],
    ['251 User not local; will forward', 'rcpt', { verdict: 'accepted' }],
    ['354 go on', 'data', { verdict: 'accepted' }],
    ['250 2.0.0 Ok: queued as 4F3', 'data_end', { verdict: 'accepted' }],
    ['451 4.3.0 Error', 'mail', UNAVAILABLE],
    ['450 4.2.0 Greylisted, try again later', 'rcpt', UNAVAILABLE],
    ['452 4.5.3 Too many recipients', 'rcpt', UNAVAILABLE],
    ['552 Too many recipients', 'rcpt', UNAVAILABLE],
    ['421 Service not available', 'data_end', UNAVAILABLE],
    ['503 5.5.1 Bad sequence of commands', 'mail', UNAVAILABLE],
    ['503 Valid RCPT command must precede DATA', 'data_end', UNAVAILABLE],
    ['421 4.7.0 Too many messages', 'data', THROTTLED],
    ['550 5.4.5 Daily user sending limit exceeded.', 'data_end', OF_THE_DAY],
    ['432 4.3.2 Concurrent connections limit exceeded.', 'mail', THROTTLED],
    ['450 4.7.1 Greylisted, come again', 'rcpt', OF_A_MOMENT],
    ['451 4.7.1 Try again later', 'data_end', OF_A_MOMENT],
    ['451 4.7.0 Temporary server error. Please try again later. PRX2', 'mail', OF_A_MOMENT],
    // What stands in an address is somebody else's word.
    ['450 4.1.2 <x@daily.nosuch.example>: Recipient address rejected: Domain not found', 'rcpt', UNAVAILABLE],
    ['550 5.1.1 <rate-limit@example.org>: User unknown', 'rcpt', RECIPIENT],
    ['550 5.1.1 rate.limit@example.org User unknown', 'rcpt', RECIPIENT],
    ['450 4.1.2 <"backoff time: 86400000"@nosuch.example>: Domain not found', 'rcpt', UNAVAILABLE],
    ['450 4.1.2 "backoff time: 86400000"@nosuch.example Domain not found', 'rcpt', UNAVAILABLE],
    ['450 4.7.1 <ada@example.org>: rate limit exceeded', 'rcpt', THROTTLED],
    ['450 4.2.1 The user you are trying to contact is receiving mail too quickly.', 'rcpt', UNAVAILABLE],
    ['550 Message rate limit reached', 'mail', THROTTLED],
    ['451 4.7.500 Server busy. Suggested Backoff Time: 30000', 'mail', { ...THROTTLED, retryAfterMs: 30_000 }],
    ["550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients", 'mail', OF_THE_DAY],
    ['550 5.1.1 No such user', 'rcpt', RECIPIENT],
    ['552 5.2.2 Mailbox has exceeded the limit', 'rcpt', RECIPIENT],
    ['550 5.7.1 Recipient address is blocked', 'rcpt', RECIPIENT],
    ['552 5.2.2 Mailbox full', 'rcpt', RECIPIENT],
    ['501 5.1.3 Bad recipient address syntax', 'rcpt', RECIPIENT],
    ['553 5.7.1 Sender address rejected: not owned by user', 'mail', MESSAGE],
    ['554 5.7.1 Spam', 'data_end', MESSAGE],
    ['552 5.7.0 This message was blocked because its content presents a potential security issue', 'data_end', MESSAGE],
    ['552 Message size exceeds fixed limit', 'mail', TOO_LARGE],
    ['552 Message size exceeded the sending limit', 'data_end', TOO_LARGE],
    ['552 5.3.4 Message too big', 'data_end', TOO_LARGE],
    ['523 Message too large', 'data', TOO_LARGE],
    ['530 5.7.57 Client was not authenticated', 'mail', LOGIN],
    ['535 5.7.8 no', 'data', LOGIN],
  ] as const)('%s at %s', (reply, stage, expected) => {
    expect(judgeReply(parseSmtpReply(reply), stage)).toEqual(expected)
  })

  test('takes linear time, whatever a server says', () => {
    for (const hostile of ['a', '"', '<', 'a@', '"a" ']) {
      expect(judgeReply(parseSmtpReply(`450 4.2.0 ${hostile.repeat(250_000)}`), 'rcpt')).toEqual(UNAVAILABLE)
    }
  })

  test.each([
    ['354 go on', 'mail'],
    ['354 go on', 'data_end'],
    ['250 ok', 'data'],
    ['334 ', 'rcpt'],
  ] as const)('%s answers no %s', (reply, stage) => {
    expect(() => judgeReply(parseSmtpReply(reply), stage)).toThrow(ProtocolViolation)
  })

  test.each([
    ['421 bye', true],
    ['503 what?', true],
    ['550 no', false],
    ['451 no', false],
  ])('after %s the session is over: %s', (reply, expected) => {
    expect(endsTheSession(parseSmtpReply(reply))).toBe(expected)
  })
})
