import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProtocolViolation } from '../wire/line-stream.ts'
import { ResponseScanner, type ResponseSink } from '../wire/response-scanner.ts'
import { toMessageAttributes, type FetchRow } from './fetch-row.ts'
import { FetchRowReader } from './fetch-row-reader.ts'

const LIMITS = { maxLiteralOctets: 100_000, maxResponseOctets: 200_000 }

/** Reads what stands behind the word FETCH, as often as there is a line for it. Contents of more than 100 octets are not wanted. */
function readRows(said: Buffer, chunkOctets = said.length): FetchRow[] {
  const rows: FetchRow[] = []
  const reader = new FetchRowReader((_row, _item, octets) => (octets > 100 ? null : Buffer.alloc(octets)))
  const sink: ResponseSink = {
    passesAll: false,
    maxLineOctets: 100_000,
    passes: () => {
      reader.begin(rows.length + 1)
      return false
    },
    notice: () => undefined,
    pass: () => undefined,
    read: (line) => {
      const memory = reader.read(line)
      if (line.literal === -1) rows.push({ ...reader.row })
      return memory
    },
  }
  const scanner = new ResponseScanner(sink, LIMITS)
  for (let at = 0; at < said.length; at += chunkOctets) scanner.push(said.subarray(at, at + chunkOctets))
  return rows
}

function readRow(list: string, chunkOctets?: number): FetchRow {
  const [row] = readRows(Buffer.from(`${list}\r\n`, 'latin1'), chunkOctets)
  if (row === undefined) throw new Error('There was no row.')
  return row
}

/** What was told, without what was not. */
function describeRow(row: FetchRow): Record<string, unknown> {
  const { flags, header, source, internalDate, modseq } = row
  const told = {
    uid: row.uid === 0 ? null : row.uid,
    flags: flags === null ? null : [...flags.flags, ...flags.keywords].join(' '),
    modseq: modseq === null ? null : String(modseq),
    internalDate: internalDate?.toISOString() ?? null,
    sizeOctets: row.sizeOctets,
    emailId: row.emailId,
    header: header?.toString('latin1') ?? null,
    source: source?.toString('latin1') ?? null,
  }
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null))
}

const ROWS: readonly (readonly [string, string, Record<string, unknown>])[] = [
  ['the usual', '(UID 5 FLAGS (\\Seen) MODSEQ (7))', { uid: 5, flags: '\\Seen', modseq: '7' }],
  ['any order and case', '(flags (\\SEEN) Rfc822.Size 3 uid 5)', { uid: 5, flags: '\\Seen', sizeOctets: 3 }],
  ['blanks without need', '  (  UID   5   FLAGS  (  \\Seen   Work )  )  ', { uid: 5, flags: '\\Seen Work' }],
  ['no blank before a list', '(FLAGS(\\Seen)UID 5)', { uid: 5, flags: '\\Seen' }],
  ['nothing', '()', {}],
  ['no list', '', {}],
  ['an item twice: the last counts', '(UID 5 UID 6)', { uid: 6 }],
  ['UID 0', '(UID 0)', {}],
  ['a UID beyond 32 bits', '(UID 4294967296)', {}],
  ['a UID that is no number', '(UID 5x UID -5 UID NIL UID 1.5)', {}],
  ['a UID in quotes', '(UID "5")', { uid: 5 }],
  ['a UID as a literal', '(UID {1}\r\n5 FLAGS ())', { uid: 5, flags: '' }],
  ['no flags', '(FLAGS ())', { flags: '' }],
  ['FLAGS NIL', '(FLAGS NIL UID 5)', { uid: 5, flags: '' }],
  ['flags in quotes and literals', '(FLAGS ("a b" {2}\r\nc) $d))', { flags: '$d a b c)' }],
  ['flags with a list in them', '(FLAGS (a (b c) d))', { flags: 'a d' }],
  ['flags in UTF-8', Buffer.from('(FLAGS (\u00fcber))').toString('latin1'), { flags: '\u00fcber' }],
  ['flags that are not UTF-8', '(FLAGS (\xff))', { flags: '\uFFFD' }],
  ['no \\Recent', '(FLAGS (\\Recent \\recent))', { flags: '' }],
  ['a size below zero', '(RFC822.SIZE -1)', { sizeOctets: 0 }],
  ['a size beyond every number', '(RFC822.SIZE 99999999999999999999)', { sizeOctets: 0 }],
  ['a size that is NIL', '(RFC822.SIZE NIL)', { sizeOctets: 0 }],
  ['a mod-sequence of 63 bits', '(MODSEQ (9223372036854775807))', { modseq: '9223372036854775807' }],
  ['a mod-sequence beyond 63 bits', '(MODSEQ (9223372036854775808))', {}],
  ['a mod-sequence of many digits', `(MODSEQ (${'9'.repeat(500)}))`, {}],
  ['a mod-sequence without a list', '(MODSEQ 12)', { modseq: '12' }],
  ['a mod-sequence that is none', '(MODSEQ (x) MODSEQ ())', {}],
  ['a date', '(INTERNALDATE "15-Jan-2026 10:20:30 +0000")', { internalDate: '2026-01-15T10:20:30.000Z' }],
  ['a date that is none', '(INTERNALDATE NIL INTERNALDATE "x" UID 5)', { uid: 5 }],
  ['OBJECTID (RFC 8474)', '(EMAILID (M6d99))', { emailId: 'M6d99' }],
  ['no EMAILID', '(EMAILID NIL)', {}],
  ['an empty EMAILID', '(EMAILID (""))', {}],
  ['a long EMAILID', `(EMAILID (${'x'.repeat(300)}))`, { emailId: 'x'.repeat(255) }],
  ["Gmail's number", '(X-GM-MSGID 1278455344230334865)', { emailId: '1278455344230334865' }],
  ['a source', '(UID 5 BODY[] {4}\r\na)\r\n)', { uid: 5, source: 'a)\r\n' }],
  ['a source before its UID', '(BODY[] {1}\r\na UID 5)', { uid: 5, source: 'a' }],
  ['a source in quotes', '(BODY[] "a \\"b\\\\ \\c" UID 5)', { uid: 5, source: 'a "b\\ c' }],
  ['an empty source', '(BODY[] "" UID 5)', { uid: 5, source: '' }],
  ['a source of no octets', '(BODY[] {0}\r\n UID 5)', { uid: 5, source: '' }],
  ['a source that is NIL', '(BODY[] NIL UID 5)', { uid: 5, source: '' }],
  ['a source as literal8 (RFC 3516)', '(BINARY[] ~{2}\r\n\0\xff)', { source: '\0\xff' }],
  ['a source from its first octet', '(BODY[]<0> {1}\r\na)', { source: 'a' }],
  ['no part of a source', '(BODY[]<100> {1}\r\na UID 5)', { uid: 5 }],
  ['old names of contents', '(RFC822 {1}\r\na RFC822.HEADER {1}\r\nb)', { source: 'a', header: 'b' }],
  ['a header', '(body[header] {1}\r\nb)', { header: 'b' }],
  ['a source that is not wanted', `(BODY[] {101}\r\n${'x'.repeat(101)} UID 5)`, { uid: 5 }],
  ['items nobody asked for', '(ENVELOPE ("a (" NIL ((NIL NIL "x" {1}\r\n)))) X-NEW 5 UID 5 X-OTHER (1 (2)))', { uid: 5 }],
  ['sections with blanks in them', '(BODY[HEADER.FIELDS (DATE "FROM")] {1}\r\na UID 5)', { uid: 5 }],
  ['sections with literals in them', '(BODY[HEADER.FIELDS ({4}\r\nDATE FROM)] {1}\r\na UID 5)', { uid: 5 }],
  ['a literal in an item nobody asked for', '(X {3}\r\n) ) UID 5)', { uid: 5 }],
  ['a word that is a document', `(EMAILID ({70000}\r\n${'x'.repeat(70_000)}) UID 5)`, { uid: 5 }],
  ['8-bit octets in a name', '(\xe4\xf6 1 UID 5)', { uid: 5 }],
  ['zeros in between', '(UID 5\0 FLAGS (\\Seen))', { flags: '\\Seen' }],
]

const nested = (depth: number): string => `(UID 5 X ${'('.repeat(depth)}${')'.repeat(depth)})`

describe('FetchRowReader', () => {
  it.each(ROWS)('reads %s', (_what, list, told) => {
    expect(describeRow(readRow(list))).toEqual(told)
  })

  it.each(ROWS)('reads %s, an octet at a time', (_what, list, told) => {
    expect(describeRow(readRow(list, 1))).toEqual(told)
  })

  it('keeps nothing of the row before', () => {
    const [, second] = readRows(Buffer.from('(UID 5 FLAGS (\\Seen) BODY[] "x" EMAILID (y) RFC822.SIZE 1 MODSEQ (1))\r\n(UID 6)\r\n'))
    expect(describeRow(second as FetchRow)).toEqual({ uid: 6 })
  })

  it('reads lists as deep as a hundred, and no deeper (faults B8)', () => {
    expect(readRow(nested(99)).uid).toBe(5)
    expect(() => readRow(nested(100))).toThrow(ProtocolViolation)
    expect(() => readRow(nested(50_000))).toThrow(ProtocolViolation)
  })

  it.each<[string, string]>([
    ['a list without an end', '(UID 5'],
    ['a list in a list without an end', '(UID 5 FLAGS (\\Seen)'],
    ['a list that ends twice', '(UID 5))'],
    ['two lists', '(UID 5) (UID 6)'],
    ['words before the list', 'UID 5'],
    ['words behind the list', '(UID 5) UID 6'],
    ['a string without an end', '(UID 5 BODY[] "abc)'],
    ['a literal where a name belongs', '({3}\r\nUID 5)'],
    ['a literal before the list', '{3}\r\nabc (UID 5)'],
    ['a literal longer than it was said to be (faults B6)', '(UID 5 BODY[] {3}\r\nabcdef)'],
  ])('takes %s for the end of all sense', (_what, list) => {
    expect(() => readRow(list)).toThrow(ProtocolViolation)
  })

  it('throws nothing but violations, whatever comes, and reads the same however it is cut (faults B20)', () => {
    const piece = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.constantFrom(...'()"\\{}[]<>~ \r\n'.split(''), '{3}\r\n', 'abc', 'UID 5', ' FLAGS (\\Seen)', ' BODY[] {2}\r\n'),
      },
      { weight: 2, arbitrary: fc.constantFrom(...ROWS.map(([, list]) => `${list}\r\n`).filter((list) => list.length < 200)) },
      { weight: 1, arbitrary: fc.string({ maxLength: 4 }) },
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.integer({ min: 1, max: 9 }), (pieces, chunkOctets) => {
        const said = Buffer.from(pieces.join(''), 'latin1')
        expect(outcomeOf(said, chunkOctets)).toEqual(outcomeOf(said))
      }),
      { numRuns: 500 },
    )
  })
})

function outcomeOf(said: Buffer, chunkOctets?: number): unknown {
  try {
    return readRows(said, chunkOctets).map(describeRow)
  } catch (error) {
    if (error instanceof ProtocolViolation) return 'violation'
    throw error
  }
}

describe('toMessageAttributes', () => {
  it('tells all there is', () => {
    expect(toMessageAttributes(readRow('(UID 5 FLAGS (\\Seen a) RFC822.SIZE 3 MODSEQ (7))'))).toEqual({
      uid: 5,
      flags: ['\\Seen'],
      keywords: ['a'],
      modseq: 7n,
      internalDate: null,
      sizeOctets: 3,
      emailId: null,
    })
  })

  it.each<[string, string]>([
    ['no UID', '(FLAGS () RFC822.SIZE 3)'],
    ['no flags', '(UID 5 RFC822.SIZE 3)'],
    ['no size', '(UID 5 FLAGS ())'],
  ])('of a row with %s says nothing', (_what, list) => {
    expect(toMessageAttributes(readRow(list))).toBeNull()
  })
})
