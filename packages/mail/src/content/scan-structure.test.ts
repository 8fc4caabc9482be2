import { describe, expect, it } from 'vitest'
import { CONTENT_LIMITS } from './content-limits.ts'
import { scanStructure, type MimePart } from './scan-structure.ts'

const scan = (...lines: readonly string[]): MimePart => scanStructure(Buffer.from(lines.join('\r\n'), 'latin1')).root

/** Address and type of every part, the outer ones first. */
const list = (part: MimePart): readonly string[] => [`${part.address} ${part.contentType.value}`, ...part.children.flatMap(list)]

/** So many parts, closed, and more behind the end. */
const write = (count: number): Buffer =>
  Buffer.from(`Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(count)}--b--\n${'--b\n'.repeat(10)}`)

describe('an inner multipart with the boundary of the outer one', () => {
  const inner = [
    '--b',
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    '',
    'x',
    '--b',
    'Content-Type: text/html',
    '',
    'y',
    '--b--',
  ]

  it('keeps its parts, and the outer one those behind it', () => {
    const root = scan('Content-Type: multipart/mixed; boundary=b', '', ...inner, '--b', 'Content-Type: a/b', '', 'z', '--b--')
    expect(list(root)).toEqual([' multipart/mixed', '1 multipart/alternative', '1.1 text/plain', '1.2 text/html', '2 a/b'])
  })

  it('may be there twice', () => {
    const root = scan('Content-Type: multipart/mixed; boundary=b', '', ...inner, ...inner, '--b--')
    expect(list(root).slice(1)).toEqual([
      '1 multipart/alternative',
      '1.1 text/plain',
      '1.2 text/html',
      '2 multipart/alternative',
      '2.1 text/plain',
      '2.2 text/html',
    ])
  })

  it('ends with its parent when nothing closes it', () => {
    const root = scan('Content-Type: multipart/mixed; boundary=b', '', ...inner.slice(0, -1))
    expect(list(root).slice(1)).toEqual(['1 multipart/alternative', '1.1 text/plain', '1.2 text/html'])
  })

  it('costs no more than its depth', () => {
    const piece = '--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n'
    const source = Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${piece.repeat(100_000)}${'A'.repeat(10_000_000)}`)
    const started = process.cpuUsage()
    expect(scanStructure(source).complete).toBe(false)
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(3_000)
  })
})

describe('the ranges of parts', () => {
  it('leave out the line break before a delimiter, and nothing else', () => {
    const source = Buffer.from('Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n\n--b\r\n\r\ntwo\r\n--b\n--b\n\n--b--\nrest')
    const bodies = scanStructure(source).root.children.map(({ bodyStart, bodyEnd }) => source.toString('latin1', bodyStart, bodyEnd))
    expect(bodies).toEqual(['one\n', 'two', '', ''])
  })

  it('stop at the limit of parts, to the part', () => {
    const most = CONTENT_LIMITS.parts - 1
    expect(scanStructure(write(most))).toMatchObject({ complete: true, root: { children: { length: most } } })
    expect(scanStructure(write(most + 1))).toMatchObject({ complete: false, root: { children: { length: most } } })
  })
})
