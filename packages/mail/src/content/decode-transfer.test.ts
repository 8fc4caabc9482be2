import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countDecodedOctets, decodeTransfer } from './decode-transfer.ts'

const decode = (text: string, encoding: string): string => decodeTransfer(Buffer.from(text, 'latin1'), encoding).toString('latin1')

describe('quoted-printable', () => {
  it.each([
    ['plain', 'plain'],
    ['a=3Db', 'a=b'],
    ['=e4=E4', '\u00e4\u00e4'],
    ['soft=\r\nbreak', 'softbreak'],
    ['soft=\nbreak', 'softbreak'],
    ['blanks before the break=  \t\r\ngo', 'blanks before the breakgo'],
    ['a lone = sign', 'a lone = sign'],
    ['=4', '=4'],
    ['=ZZ', '=ZZ'],
    ['at the end=', 'at the end'],
    ['==41', '=A'],
    ['', ''],
  ])('%j is %j', (encoded, expected) => {
    expect(decode(encoded, 'quoted-printable')).toBe(expected)
  })

  it('is linear on a megabyte of equals signs and blanks', () => {
    const started = process.cpuUsage()
    decodeTransfer(Buffer.from('= '.repeat(500_000)), 'quoted-printable')
    decodeTransfer(Buffer.from(`=${' '.repeat(1_000_000)}`), 'quoted-printable')
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(2_000)
  })
})

describe('base64', () => {
  it.each([
    ['aGVsbG8=', 'hello'],
    ['aGVs\r\nbG8=\r\n', 'hello'],
    ['aGVsbG8', 'hello'],
    ['a!G?V*s bG8=', 'hello'],
    ['', ''],
  ])('%j is %j', (encoded, expected) => {
    expect(decode(encoded, 'base64')).toBe(expected)
  })

  it('counts the octets it would decode', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.integer({ min: 1, max: 76 }), (bytes, width) => {
        const encoded = Buffer.from(bytes)
          .toString('base64')
          .replaceAll(new RegExp(`(.{${width}})`, 'gu'), '$1\r\n')
        expect(countDecodedOctets(Buffer.from(encoded), 'base64')).toBe(bytes.length)
      }),
    )
  })
})

it('counts wherever the octets lie in memory, and however few they are', () => {
  const memory = Buffer.alloc(64, 'aGVs\r\nbG8g')
  for (let start = 0; start < 8; start += 1) {
    for (let end = start; end <= start + 40; end += 1) {
      const characters = memory.toString('latin1', start, end).replaceAll(/\s/gu, '').length
      expect(countDecodedOctets(memory.subarray(start, end), 'base64')).toBe(Math.floor((characters * 3) / 4))
    }
  }
})

it.each(['7bit', '8bit', 'binary', '', 'x-uuencode'])('%s is taken as it stands', (encoding) => {
  expect(decode('=41 aGVs', encoding)).toBe('=41 aGVs')
  expect(countDecodedOctets(Buffer.from('=41 aGVs'), encoding)).toBe(8)
})
