import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findContentFault } from '../../test/fixture/find-content-fault.ts'
import { listHardMail } from '../../test/fixture/hard-mail/list-hard-mail.ts'
import { parseMessage } from './parse-message.ts'
import { prepareContent } from './prepare-content.ts'

const NOW = new Date('2026-06-15T12:00:00Z')
const messages = listHardMail()

describe('what a person reads in', () => {
  it.each(messages)('$name', ({ raw, expected }) => {
    expect(parseMessage(raw, NOW)).toMatchObject(expected)
  })
})

describe('lines of these messages in any order', () => {
  const pieces = messages.flatMap(({ raw }) => raw.toString('latin1').slice(0, 5_000).split('\r\n'))
  const piece = fc.oneof(
    fc.constantFrom(...new Set(pieces)),
    fc.constantFrom('', '--b', '--b--'),
    fc.string({ unit: 'binary', maxLength: 40 }),
  )
  const source = fc
    .array(fc.tuple(piece, fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r')), { maxLength: 60 })
    .map((lines) => Buffer.from(lines.flat().join(''), 'latin1'))

  it('are read, bounded, alike each time, their source to the byte', () => {
    fc.assert(
      fc.property(source, (raw) => {
        expect(findContentFault(raw, prepareContent(raw, NOW), prepareContent(Buffer.from(raw), NOW))).toBeNull()
      }),
      { numRuns: 2_000 },
    )
  })
})
