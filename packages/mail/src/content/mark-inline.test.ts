import { describe, expect, it } from 'vitest'
import { markInline } from './mark-inline.ts'

const image = { part: '2', filename: null, contentType: 'image/png', inline: true, sizeOctets: 1 } as const

function isInline(contentId: string | null, html: string | null, inline = true): boolean | undefined {
  return markInline([{ ...image, contentId, inline }], html)[0]?.inline
}

describe('markInline', () => {
  it.each([
    ['src="cid:a@b"', 'a@b'],
    ["src='CID:A@B'", 'a@b'],
    ['src=cid:a@b>', 'a@b'],
    ['url(cid:a@b)', 'a@b'],
    ['src="cid:a%40b%25"', 'a@b%'],
    ['src="cid:a%40b"', 'a%40b'],
    ['src="cid:x" src="cid:a@b"', 'a@b'],
  ])('finds in %j %s', (html, contentId) => {
    expect(isInline(contentId, html)).toBe(true)
  })

  it.each([
    ['another identifier', 'src="cid:a@c"', 'a@b'],
    ['the beginning of one', 'src="cid:a@bc"', 'a@b'],
    ['none', 'src="cid:"', ''],
    ['no HTML', null, 'a@b'],
    ['a lone surrogate', 'src="cid:a"', '\ud800'],
  ])('leaves no mark for %s', (_what, html, contentId) => {
    expect(isInline(contentId, html)).toBe(false)
  })

  it('marks nothing that was not marked: a sender may call an image of the HTML an attachment', () => {
    expect(isInline('a@b', 'src="cid:a@b"', false)).toBe(false)
  })

  it('is linear on two megabytes of names, for a thousand attachments', () => {
    const attachments = Array.from({ length: 1_000 }, (_value, index) => ({ ...image, contentId: `${index}@x` }))
    const started = process.cpuUsage()
    markInline(attachments, 'cid:'.repeat(500_000))
    markInline(attachments, 'cid:a '.repeat(330_000))
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(1_000)
  })
})
