import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProtocolViolation } from './line-stream.ts'
import { ResponseScanner, type ResponseLine, type ResponseSink } from './response-scanner.ts'

const LIMITS = { maxLiteralOctets: 1_000, maxResponseOctets: 1_500 }

interface Heard {
  /** Lines and literals that were read, of one response each. */
  readonly read: string[]
  passed: string
  readonly noticed: string[]
}

interface Listener extends Heard {
  readonly scanner: ResponseScanner
  readonly sink: { passesAll: boolean }
}

/** Reads what begins with `T`, passes on the rest; memory for literals is cut at 8 octets. */
function listen(passesAll = false, maxLineOctets = 100): Listener {
  const heard: Heard = { read: [], passed: '', noticed: [] }
  let response = ''
  let memory: Buffer | null = null
  const sink: ResponseSink & { passesAll: boolean } = {
    passesAll,
    maxLineOctets,
    passes: (line) => textOf(line)[0] !== 'T',
    notice: (line) => heard.noticed.push(textOf(line)),
    read: (line) => {
      response += `${memory?.toString('latin1') ?? ''}[${textOf(line)}]`
      memory = line.literal === -1 ? null : Buffer.alloc(Math.min(8, line.literal))
      if (line.literal === -1) {
        heard.read.push(response)
        response = ''
      }
      return memory
    },
    pass: (octets) => {
      heard.passed += octets.toString('latin1')
    },
  }
  return Object.assign(heard, { scanner: new ResponseScanner(sink, LIMITS), sink })
}

function textOf({ octets, start, end, literal }: ResponseLine): string {
  return `${octets.toString('latin1', start, end)}${literal === -1 ? '' : `{${literal}}`}`
}

function hear(chunks: readonly string[], listener = listen()): Listener {
  for (const chunk of chunks) listener.scanner.push(Buffer.from(chunk, 'latin1'))
  return listener
}

describe('ResponseScanner', () => {
  it.each<[string, string, string[], string]>([
    ['lines', 'Ta\r\n* b\r\nTc\n', ['[Ta]', '[Tc]'], '* b\r\n'],
    ['a literal', 'T {3}\r\nx\r\n y\r\n', ['[T {3}]x\r\n[ y]'], ''],
    ['a literal that holds lines of the other kind', 'T {6}\r\n* a\r\n) z\r\n', ['[T {6}]* a\r\n)[ z]'], ''],
    [
      'a literal that is passed on, with what looks like a response in it',
      '* {4}\r\nTa\r\n b\r\nTc\r\n',
      ['[Tc]'],
      '* {4}\r\nTa\r\n b\r\n',
    ],
    ['a literal of nothing', 'T {0}\r\n)\r\n', ['[T {0}][)]'], ''],
    ['a literal longer than its memory', 'T {10}\r\n0123456789)\r\n', ['[T {10}]01234567[)]'], ''],
    ['literals one after the other', 'T {1}\r\na{1}\r\nb{1}\r\nc\r\n', ['[T {1}]a[{1}]b[{1}]c[]'], ''],
    ['a literal8, and one that nobody waits for', 'T ~{1}\r\na {1+}\r\nb\r\n', ['[T {1}]a[ {1}]b[]'], ''],
    ['zeros before a number', 'T {0003}\r\nabc\r\n', ['[T {3}]abc[]'], ''],
    [
      'what is no marker',
      'T {}\r\nT {x}\r\nT {1\r\nT 1}\r\nT {-1}\r\nT }\r\n}\r\n',
      ['[T {}]', '[T {x}]', '[T {1]', '[T 1}]', '[T {-1}]', '[T }]'],
      '}\r\n',
    ],
    ['empty lines', '\r\n\nTa\r\n\r\n', ['[Ta]'], '\r\n\n\r\n'],
    ['a carriage return within a line', 'Ta\rb\r\n', ['[Ta\rb]'], ''],
    ['what has not ended', 'Ta\r\nTb', ['[Ta]'], ''],
  ])('reads %s', (_what, said, read, passed) => {
    expect(hear([said])).toMatchObject({ read, passed })
    expect(hear(said.split(''))).toMatchObject({ read, passed })
  })

  it('passes everything on at once while nobody reads, and still sees where responses begin', () => {
    const listener = hear(['* 1 EX'], listen(true))
    expect(listener.passed).toBe('* 1 EX')
    // The response began before somebody read: it goes on to where it began.
    listener.sink.passesAll = false
    hear(['ISTS {2}\r\nT', 'a b\r\nTc\r\n'], listener)
    expect(listener).toMatchObject({ passed: '* 1 EXISTS {2}\r\nTa b\r\n', noticed: ['* 1 EXISTS {2}'], read: ['[Tc]'] })
  })

  it.each<[string, string]>([
    ['a line without an end', 'x'.repeat(101)],
    ['a line that is read, without an end', `T {1}\r\na${'x'.repeat(101)}`],
    ['a literal beyond the limit', 'T {1001}\r\n'],
    ['a literal beyond every number', `T {${'9'.repeat(60)}}\r\n`],
    ['a response beyond the limit', `T {900}\r\n${'x'.repeat(900)} {900}\r\n`],
  ])('refuses %s', (_what, said) => {
    expect(() => hear([said])).toThrow(ProtocolViolation)
  })

  it('measures each response for itself, and nothing that is passed on', () => {
    const literal = `{900}\r\n${'x'.repeat(900)}\r\n`
    expect(hear([`T ${literal}`, `T ${literal}`]).read).toHaveLength(2)
    const passed = `* {2000}\r\n${'x'.repeat(2000)}\r\n`
    expect(hear([passed]).passed).toBe(passed)
    const endless = 'x'.repeat(500)
    expect(hear([endless, endless], listen(true)).passed).toBe(endless + endless)
  })

  it('hears the same however the octets are cut', () => {
    const piece = fc.oneof(
      fc.constantFrom('T', '* a', ' ', '\r\n', '\n', '{3}\r\n', '{0}\r\n', '~{2}\r\n', 'abc', ')', '{', '}', '\r'),
      fc.string({ maxLength: 5 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(200), { maxLength: 10 }), fc.boolean(), (pieces, cuts, passesAll) => {
        const said = Buffer.from(pieces.join('')).toString('latin1')
        const at = [...new Set(cuts.map((cut) => Math.min(cut, said.length)))].toSorted((left, right) => left - right)
        const chunks = [0, ...at].map((from, index) => said.slice(from, at[index] ?? said.length))
        const { read, passed, noticed } = hear([said], listen(passesAll))
        expect(hear(chunks, listen(passesAll))).toMatchObject({ read, passed, noticed })
      }),
    )
  })
})
