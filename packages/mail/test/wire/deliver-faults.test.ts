import { drip, expectMessage, flood, goDeaf, hangUp, reset, send, type Step } from '@maildock/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import type { DeliveryDeadlines, DeliveryOutcome } from '../../src/index.ts'
import { DATA, deliverScripted, GO_ON, MAIL, MESSAGE, MESSAGE_ON_THE_WIRE, OK, RCPT, RSET } from './submission-stand.ts'
import { CANARY, createWireStand, type WireStand } from './verify-scripted.ts'

let stand: WireStand
beforeAll(async () => {
  stand = await createWireStand()
})

/** What an honest server says until it has to answer this. */
const UNTIL = {
  mail: [MAIL],
  rcpt: [MAIL, OK, RCPT],
  data: [MAIL, OK, RCPT, OK, DATA],
  data_end: [MAIL, OK, RCPT, OK, DATA, GO_ON, expectMessage],
} as const satisfies Record<string, readonly Step[]>
type Answered = keyof typeof UNTIL
const STAGES = Object.keys(UNTIL) as readonly Answered[]

interface Fault {
  readonly what: string
  readonly answer: readonly Step[]
  readonly before: Partial<DeliveryOutcome> & { readonly code?: string }
  /** After the final dot. */
  readonly after: Partial<DeliveryOutcome> & { readonly code?: string }
  /** Another message may follow on the same connection. */
  readonly usable: boolean
  readonly impatient?: boolean
}

const SHORT: DeliveryDeadlines = { mailMs: 500, rcptMs: 500, dataMs: 500, contentMs: 500, finalMs: 500 }
const UNAVAILABLE = { outcome: 'deferred', code: 'upstream.unavailable' } as const
const LATE = { outcome: 'deferred', code: 'host.timeout' } as const
const UNKNOWN = { outcome: 'unknown' } as const
const REFUSED = { outcome: 'refused' } as const

const FAULTS: readonly Fault[] = [
  { what: 'says 451', answer: [send('451 4.3.0 later\r\n')], before: UNAVAILABLE, after: UNAVAILABLE, usable: true },
  { what: 'says 4xx without text', answer: [send('450\r\n')], before: UNAVAILABLE, after: UNAVAILABLE, usable: true },
  { what: 'says 550', answer: [send('550 5.7.1 no\r\n')], before: REFUSED, after: REFUSED, usable: true },
  { what: 'says 554 without a space', answer: [send('554no\r\n')], before: REFUSED, after: REFUSED, usable: true },
  {
    what: 'says no in three lines',
    answer: [send('550-5.7.1 one\r\n550-5.7.1 two\r\n550 5.7.1 three\r\n')],
    before: REFUSED,
    after: REFUSED,
    usable: true,
  },
  { what: 'says 503', answer: [send('503 5.5.1 what?\r\n')], before: UNAVAILABLE, after: UNAVAILABLE, usable: false },
  { what: 'says 421 and hangs up', answer: [send('421 4.3.2 bye\r\n'), hangUp], before: UNAVAILABLE, after: UNAVAILABLE, usable: false },
  { what: 'says 421 and stays', answer: [send('421 4.3.2 bye\r\n')], before: UNAVAILABLE, after: UNAVAILABLE, usable: false },
  { what: 'hangs up', answer: [hangUp], before: UNAVAILABLE, after: UNKNOWN, usable: false },
  { what: 'resets the connection', answer: [reset], before: UNAVAILABLE, after: UNKNOWN, usable: false },
  { what: 'hangs up in mid reply', answer: [send('25'), hangUp], before: UNAVAILABLE, after: UNKNOWN, usable: false },
  { what: 'hangs up between lines', answer: [send('250-ok\r\n'), hangUp], before: UNAVAILABLE, after: UNKNOWN, usable: false },
  { what: 'says nothing', answer: [], before: LATE, after: UNKNOWN, usable: false, impatient: true },
  { what: 'drips', answer: [drip('250-ok\r\n'.repeat(500), 5)], before: LATE, after: UNKNOWN, usable: false, impatient: true },
  { what: 'speaks HTTP', answer: [send('HTTP/1.1 200 OK\r\n\r\n')], before: UNAVAILABLE, after: UNKNOWN, usable: false },
  { what: 'says yes and no', answer: [send('250-ok\r\n550 no\r\n')], before: UNAVAILABLE, after: UNKNOWN, usable: false },
  { what: 'answers something else', answer: [send('334 \r\n')], before: UNAVAILABLE, after: UNKNOWN, usable: false },
  { what: 'sends a line without end', answer: [flood('2', 1_000_000)], before: UNAVAILABLE, after: UNKNOWN, usable: false },
  { what: 'sends a reply without end', answer: [flood('250-x\r\n', 1_000_000)], before: UNAVAILABLE, after: UNKNOWN, usable: false },
]

const CASES = STAGES.flatMap((stage) => FAULTS.map((fault) => ({ ...fault, stage })))

describe('a server that', () => {
  test.each(CASES)('$what at $stage', async ({ stage, answer, before, after, usable, impatient }) => {
    const afterwards = stage === 'data_end' ? [] : RSET
    const delivery = await deliverScripted(stand, {
      steps: [...UNTIL[stage], ...answer, ...afterwards],
      ...(impatient === true ? { deadlines: SHORT } : {}),
    })
    const { outcome, server, handovers } = delivery
    expect(outcome).toMatchObject({ ...(stage === 'data_end' ? after : before), stage })
    // Nobody's message is lost or doubled by how it is told.
    expect(outcome?.recipients).toMatchObject([{ address: 'grace@example.net', outcome: outcome?.outcome }])
    expect(server.messages).toEqual(stage === 'data_end' ? [MESSAGE_ON_THE_WIRE] : [])
    expect(handovers).toBe(stage === 'data_end' ? 1 : 0)
    expect(delivery.usable).toBe(usable)
    expect(server.connections).toBe(1)
  })

  test('tells its words in one clean line, without the password', async () => {
    const { outcome } = await deliverScripted(stand, { steps: [MAIL, send(`550-5.7.1 not\u0007you\r\n550 5.7.1 ${CANARY}\r\n`), ...RSET] })
    expect(outcome).toMatchObject({ reply: { replyCode: 550, enhancedStatus: '5.7.1', response: '550 5.7.1 not you [removed]' } })
  })

  test('is what a login that has lapsed is told by', async () => {
    const { outcome } = await deliverScripted(stand, { steps: [MAIL, send('530 5.7.0 Authentication required\r\n'), ...RSET] })
    expect(outcome).toMatchObject({ outcome: 'refused', code: 'smtp.authentication_failed' })
  })
})

describe('in the middle of a large message, a server that', () => {
  const large = { ...MESSAGE, source: Buffer.from(`Subject: x\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(100_000)}`) }
  const begun = [MAIL, OK, RCPT, OK, DATA, GO_ON]

  test.each([
    ['hangs up', [hangUp], UNAVAILABLE],
    ['resets the connection', [reset], UNAVAILABLE],
    ['reads no more', [goDeaf], LATE],
    [
      'refuses it and hangs up',
      [send('552 5.3.4 too big\r\n'), hangUp],
      { outcome: 'refused', code: 'smtp.message_refused', tooLarge: true },
    ],
    ['says 421', [send('421 4.3.2 bye\r\n')], UNAVAILABLE],
    ['thanks too early', [send('250 thanks\r\n')], UNAVAILABLE],
    ['talks nonsense', [send('hello\r\n')], UNAVAILABLE],
  ] as const)('%s', async (_what, answer, expected) => {
    const { outcome, server, handovers, usable } = await deliverScripted(stand, {
      steps: [...begun, ...answer],
      messages: [large],
      deadlines: { contentMs: 3000 },
    })
    expect(outcome).toMatchObject({ ...expected, stage: 'content' })
    expect({ handovers, usable, messages: server.messages.length }).toEqual({ handovers: 0, usable: false, messages: 0 })
  })
})
