import { flood, hangUp, send, expectCommand, expectLine } from '@maildock/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { createWireStand, IMAP_GREETING, SMTP_EHLO, SMTP_GREETING, verifyScripted, type WireStand } from './verify-scripted.ts'

const FLOOD_OCTETS = 100_000_000
let stand: WireStand
beforeAll(async () => {
  stand = await createWireStand()
})

describe('100 MB', () => {
  test.each([
    { what: 'greeting in one line', protocol: 'imap', tls: 'implicit', steps: [flood('x', FLOOD_OCTETS)] },
    { what: 'greeting in one line, in clear', protocol: 'imap', tls: 'starttls', steps: [flood('x', FLOOD_OCTETS)] },
    { what: 'greeting in many lines', protocol: 'smtp', tls: 'implicit', steps: [flood('220-welcome\r\n', FLOOD_OCTETS)] },
    { what: 'greeting in many lines, in clear', protocol: 'smtp', tls: 'starttls', steps: [flood('220-welcome\r\n', FLOOD_OCTETS)] },
    {
      what: 'lines after the login command',
      protocol: 'imap',
      tls: 'implicit',
      steps: [IMAP_GREETING, expectCommand('AUTHENTICATE'), flood('* OK wait\r\n', FLOOD_OCTETS)],
    },
    {
      what: 'a literal after the login command',
      protocol: 'imap',
      tls: 'implicit',
      steps: [IMAP_GREETING, expectCommand('AUTHENTICATE'), send('* X {100000000}\r\n'), flood('x', FLOOD_OCTETS), hangUp],
    },
    {
      what: 'one reply to AUTH',
      protocol: 'smtp',
      tls: 'implicit',
      steps: [SMTP_GREETING, ...SMTP_EHLO, expectLine(/^AUTH/u), flood('235-ok\r\n', FLOOD_OCTETS)],
    },
  ] as const)('of $what ($protocol) are not read, and the server is left', async ({ protocol, tls, steps }) => {
    const before = process.memoryUsage().rss
    const { failure, server, elapsedMs } = await verifyScripted(stand, { protocol, tls, steps, implicitTls: tls === 'implicit' })
    expect(failure).toMatchObject({ code: 'protocol.unexpected_greeting' })
    expect(elapsedMs).toBeLessThan(5000)
    // What the kernel and the server's own buffers took; we read less.
    expect(server.octetsSent).toBeLessThan(30_000_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000)
  })
})

test('no socket is left behind', async () => {
  const { server } = await verifyScripted(stand, {
    protocol: 'imap',
    tls: 'implicit',
    implicitTls: true,
    steps: [IMAP_GREETING],
    deadlineMs: 2_000,
  })
  await expect.poll(() => server.openConnections, { timeout: 15_000 }).toBe(0)
})
