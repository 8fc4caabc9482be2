import { describe, expect, it } from 'vitest'
import { planDemoMailboxes } from './demo-mailbox.ts'

const createdAt = new Date('2026-01-15T10:00:00Z')

describe('planDemoMailboxes', () => {
  const mailboxes = planDemoMailboxes(createdAt)
  const messages = mailboxes.flatMap((mailbox) => mailbox.messages)

  it('holds a few hundred messages of many kinds', () => {
    expect(messages.length).toBeGreaterThan(300)
    const kinds = ['multipart/alternative', 'multipart/related', 'multipart/mixed', 'text/calendar', 'iso-2022-jp', 'koi8-r', 'gb18030']
    for (const kind of kinds) expect(messages.some(({ source }) => source.includes(kind))).toBe(true)
  })

  it('is the same to the octet for the same moment: a restarted demo server keeps its UIDs', () => {
    expect(planDemoMailboxes(createdAt)).toEqual(mailboxes)
  })

  it('numbers each mailbox from 1, oldest first', () => {
    for (const mailbox of mailboxes) {
      expect(mailbox.messages.map(({ uid }) => uid)).toEqual(mailbox.messages.map((_, index) => index + 1))
      const times = mailbox.messages.map(({ internalDate }) => internalDate.getTime())
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      expect(times.every((time) => time <= createdAt.getTime())).toBe(true)
    }
  })

  it('writes what mail may hold: 7-bit octets in CRLF lines of at most 998', () => {
    for (const { source } of messages) {
      expect(source).toMatch(/^[\r\n\u0020-\u007e]*$/u)
      for (const line of source.replaceAll(/boundary that never comes\.\n/gu, '').split('\r\n')) {
        expect(line.length).toBeLessThanOrEqual(998)
      }
    }
  })

  it('gives each message a Message-ID of its own', () => {
    const ids = messages.map(({ source }) => /^Message-ID: (.+)$/mu.exec(source)?.[1])
    expect(new Set(ids).size).toBe(messages.length)
  })
})
