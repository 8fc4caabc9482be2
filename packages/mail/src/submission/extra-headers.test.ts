import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkHeaderName, parseExtraHeaders, toValuePieces } from './extra-headers.ts'

describe('checkHeaderName', () => {
  test.each([
    'List-Unsubscribe',
    'List-Unsubscribe-Post',
    'X-Campaign',
    'x-y_z.1',
    'Precedence',
    'Auto-Submitted',
    'Importance',
    'Feedback-ID',
    'List-Id',
  ])('allows %s', (name) => {
    expect(checkHeaderName(name)).toBeNull()
  })

  test.each(
    'From Sender To Cc BCC Reply-To Subject Date message-id MIME-Version Content-Type content-anything DKIM-Signature Received Return-Path ARC-Seal Authentication-Results Resent-From Resent-Bcc In-Reply-To References'.split(
      ' ',
    ),
  )('keeps %s for the message', (name) => {
    expect(checkHeaderName(name)).toBe('reserved_name')
  })

  test.each(['', ' From', 'From ', 'X A', 'X:A', 'X\r\nBcc', 'X\0', 'X-\u00fc', '-X', '1', 'x'.repeat(65), '__proto__', '.', 'Bcc:'])(
    'knows no field %j',
    (name) => {
      expect(checkHeaderName(name)).toBe('malformed_name')
    },
  )
})

describe('parseExtraHeaders', () => {
  test('tells all that is wrong, by place', () => {
    expect(
      parseExtraHeaders([
        { name: 'X-A', value: 'fine' },
        { name: 'To', value: 'x' },
        { name: 'X-B', value: 'a\nb' },
        { name: 'X-C', value: ' ' },
        { name: 'X-D', value: 'x'.repeat(901) },
        { name: 'X-E', value: 'x '.repeat(6000) },
        { name: 'X:F', value: 'x' },
        { name: 'X-G', value: '\ud800' },
      ]),
    ).toEqual({
      ok: false,
      refused: [
        { index: 1, problem: 'reserved_name' },
        { index: 2, problem: 'malformed_value' },
        { index: 3, problem: 'malformed_value' },
        { index: 4, problem: 'too_long' },
        { index: 5, problem: 'too_long' },
        { index: 6, problem: 'malformed_name' },
        { index: 7, problem: 'malformed_value' },
      ],
    })
  })

  test('keeps values as they are, tabs but', () => {
    expect(parseExtraHeaders([{ name: 'X-A', value: ' a\tb ' }])).toEqual({ ok: true, headers: [{ name: 'X-A', value: 'a b' }] })
  })

  test('what it lets pass is one line of short pieces', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1200 }), (value) => {
        const parsed = parseExtraHeaders([{ name: 'X-A', value }])
        if (!parsed.ok) return
        const pieces = toValuePieces(parsed.headers[0]?.value ?? '')
        expect(pieces.join('')).toMatch(/^[ -~]+$/u)
        expect(pieces.every((piece) => /^ +[^ ]/u.test(piece) && piece.length <= 901)).toBe(true)
      }),
    )
  })
})
