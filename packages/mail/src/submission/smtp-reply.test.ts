import { describe, expect, test } from 'vitest'
import { parseSmtpReply } from './smtp-reply.ts'

describe('parseSmtpReply', () => {
  test.each([
    ['250 ok', 250, undefined, 'ok'],
    ['250', 250, undefined, ''],
    ['535 5.7.8 no', 535, '5.7.8', 'no'],
    [
      '535-5.7.8 Username and Password not accepted. See\n535 5.7.8  https://example.org',
      535,
      '5.7.8',
      'Username and Password not accepted. See  https://example.org',
    ],
    ['535-5.7.8 a\r\n535-5.7.8 b\r\n535 5.7.8 c', 535, '5.7.8', 'a b c'],
    ['334 VXNlcm5hbWU6', 334, undefined, 'VXNlcm5hbWU6'],
    ['hello', 0, undefined, 'hello'],
    ['', 0, undefined, ''],
    ['550 5.7.8x no', 550, undefined, '5.7.8x no'],
  ])('%j', (reply, replyCode, enhancedStatus, text) => {
    expect(parseSmtpReply(reply)).toEqual({ replyCode, enhancedStatus, text })
  })
})
