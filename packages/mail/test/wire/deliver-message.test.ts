import { expectLine, expectMessage, hangUp, send, startScriptedServer, type Step } from '@maildock/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { deliverMessage, openSubmissionConnection, type ComposedMessage, type SubmissionConnection } from '../../src/index.ts'
import {
  DATA,
  deliverScripted,
  GO_ON,
  MAIL,
  MESSAGE,
  MESSAGE_ON_THE_WIRE,
  OK,
  openScripted,
  RCPT,
  RSET,
  signedIn,
} from './submission-stand.ts'
import { CANARY, createWireStand, SMTP_GREETING, type WireStand } from './verify-scripted.ts'

let stand: WireStand
beforeAll(async () => {
  stand = await createWireStand()
})

const CONTENT = [DATA, GO_ON, expectMessage]
const QUEUED = send('250 2.0.0 Ok: queued as 4F3A\r\n')
const WHOLE = [MAIL, OK, RCPT, OK, ...CONTENT, QUEUED]
const ACCEPTED = { outcome: 'accepted', reply: { replyCode: 250, enhancedStatus: '2.0.0', response: '250 2.0.0 Ok: queued as 4F3A' } }

function to(...forwardPaths: readonly string[]): ComposedMessage {
  return { ...MESSAGE, forwardPaths }
}

describe('a message', () => {
  test('is handed over, and the connection takes the next ones', async () => {
    const { outcomes, server, handovers, usable } = await deliverScripted(stand, {
      steps: [...WHOLE, ...WHOLE, ...WHOLE],
      messages: [MESSAGE, MESSAGE, MESSAGE],
    })
    expect(outcomes).toMatchObject([ACCEPTED, ACCEPTED, ACCEPTED])
    expect(outcomes[0]?.recipients).toMatchObject([{ address: 'grace@example.net', outcome: 'accepted', reply: { replyCode: 250 } }])
    expect(server.messages).toEqual([MESSAGE_ON_THE_WIRE, MESSAGE_ON_THE_WIRE, MESSAGE_ON_THE_WIRE])
    expect({ handovers, usable, connections: server.connections, surprises: server.surprises }).toEqual({
      handovers: 3,
      usable: true,
      connections: 1,
      surprises: [],
    })
  })

  test('may follow one that was refused', async () => {
    const { outcomes } = await deliverScripted(stand, {
      steps: [MAIL, OK, RCPT, send('550 5.1.1 nobody\r\n'), ...RSET, ...WHOLE],
      messages: [MESSAGE, MESSAGE],
    })
    expect(outcomes).toMatchObject([{ outcome: 'refused', code: 'smtp.recipient_refused', stage: 'rcpt' }, ACCEPTED])
  })

  test('is announced with what the server offers and the message needs', async () => {
    const unicode = { ...to('j\u00fcrgen@xn--bcher-kva.example'), needsSmtputf8: true, needs8bit: true }
    const extensions = ['size 100000', 'smtputf8', '8bitMIME']
    const line = expectLine(new RegExp(`^MAIL FROM:<ada@example\\.org> SIZE=${MESSAGE.source.length} BODY=8BITMIME SMTPUTF8$`, 'u'))
    const plain = expectLine(new RegExp(`^MAIL FROM:<ada@example\\.org> SIZE=${MESSAGE.source.length}$`, 'u'))
    const octets = Buffer.from('RCPT TO:<j\u00fcrgen@xn--bcher-kva.example>').toString('latin1')
    const { outcomes, server } = await deliverScripted(stand, {
      steps: [line, OK, expectLine(/^RCPT/u), OK, ...CONTENT, QUEUED, plain, OK, RCPT, OK, ...CONTENT, QUEUED],
      extensions,
      messages: [unicode, MESSAGE],
    })
    expect(outcomes).toMatchObject([ACCEPTED, ACCEPTED])
    expect(server.lines).toContain(octets)
    expect(server.surprises).toEqual([])
  })

  test.each([
    [['dsn'], '^MAIL FROM:<ada@example\\.org> ENVID=0190f3aa$'],
    [[], '^MAIL FROM:<ada@example\\.org>$'],
  ])('is named to servers that pass the name on (%j)', async (extensions, line) => {
    const { outcomes, server } = await deliverScripted(stand, {
      steps: [expectLine(new RegExp(line, 'u')), OK, RCPT, OK, ...CONTENT, QUEUED],
      extensions,
      messages: [{ ...MESSAGE, envelopeId: '0190f3aa' }],
    })
    expect(outcomes).toMatchObject([ACCEPTED])
    expect(server.surprises).toEqual([])
  })

  test('with an envelope id that is more than that never comes to the wire', async () => {
    const message = { ...MESSAGE, envelopeId: 'x RET=FULL' }
    await expect(deliverScripted(stand, { steps: [], extensions: ['DSN'], messages: [message] })).rejects.toThrow(TypeError)
  })

  test.each([
    ['larger than the server takes', ['SIZE 100'], MESSAGE, { code: 'smtp.message_refused', tooLarge: true }],
    [
      'for an address the server cannot read',
      [],
      { ...to('j\u00fc@b.example'), needsSmtputf8: true },
      { code: 'smtp.smtputf8_unsupported' },
    ],
  ])('%s is refused before a word is said', async (_what, extensions, message, expected) => {
    const { outcome, server, handovers, usable } = await deliverScripted(stand, { steps: [], extensions, messages: [message] })
    expect(outcome).toMatchObject({ outcome: 'refused', stage: 'limits', reply: null, recipients: [{ outcome: 'refused' }], ...expected })
    expect(server.lines.join('\n')).not.toContain('MAIL')
    expect({ handovers, usable }).toEqual({ handovers: 0, usable: true })
  })

  test.each(['a@b\r\nDATA', 'a b@c.example', '<a@b.example>', 'a@B.example', ''])(
    'with the path %j never comes to the wire',
    async (path) => {
      await expect(deliverScripted(stand, { steps: [], messages: [to(path)] })).rejects.toThrow(TypeError)
      await expect(deliverScripted(stand, { steps: [], messages: [{ ...MESSAGE, reversePath: path }] })).rejects.toThrow(TypeError)
    },
  )

  // faults F31, S42: whatever the source, one message arrives.
  test.each([
    ['lone dots', 'Subject: a\r\n\r\n.\r\n..\r\n.\r\n'],
    ['\\n.\\r\\n', 'Subject: a\r\n\r\nx\n.\r\nMAIL FROM:<evil@example.org>\r\n'],
    ['\\r.\\r\\n', 'Subject: a\r\n\r\nx\r.\r\nMAIL FROM:<evil@example.org>\r\n'],
    ['\\n.\\n', 'Subject: a\r\n\r\nx\n.\nRSET\nMAIL FROM:<evil@example.org>'],
    ['\\r.\\r', 'Subject: a\r\n\r\nx\r.\rRSET\r'],
    ['a dot at the end', 'Subject: a\r\n\r\nx\r\n.'],
    ['nothing', ''],
  ])('cannot end early by %s', async (_what, source) => {
    const { outcomes, server } = await deliverScripted(stand, {
      steps: [...WHOLE, ...WHOLE],
      messages: [{ ...MESSAGE, source: Buffer.from(source) }, MESSAGE],
    })
    expect(outcomes).toMatchObject([ACCEPTED, ACCEPTED])
    expect(server.messages).toHaveLength(2)
    expect(server.messages[0]).not.toMatch(/\r(?!\n)|(?<!\r)\n|(?:^|\n)\.(?:\r|\n|$)/u)
    expect(server.messages[1]).toBe(MESSAGE_ON_THE_WIRE)
  })

  test('is accepted in whatever spelling', async () => {
    const { outcome } = await deliverScripted(stand, {
      steps: [MAIL, send('250\n'), RCPT, send('250-fine\r\n250\r\n'), DATA, send('354\r\n'), expectMessage, send('250ok\r\n')],
      extensions: ['pipelining', 'x-odd'],
    })
    expect(outcome).toMatchObject({ outcome: 'accepted', reply: { replyCode: 250, enhancedStatus: null, response: '250 ok' } })
  })
})

function pipelined(length: number): readonly Step[] {
  return [...Array.from({ length }, () => RCPT), send('250 ok\r\n'.repeat(length))]
}

describe('recipients', () => {
  const three = to('a@x.example', 'b@x.example', 'c@x.example')
  const NO = send('550 5.1.1 nobody\r\n')
  const LATER = send('450 4.2.0 greylisted\r\n')

  test.each([[[]], [['PIPELINING']]])('share the fate of the message where they were accepted (%j)', async (extensions) => {
    const { outcome, server, usable } = await deliverScripted(stand, {
      steps: [MAIL, OK, RCPT, NO, RCPT, OK, RCPT, LATER, ...CONTENT, QUEUED],
      extensions,
      messages: [three],
    })
    expect(outcome).toMatchObject({
      outcome: 'accepted',
      recipients: [
        { address: 'a@x.example', outcome: 'refused', reply: { replyCode: 550, enhancedStatus: '5.1.1', response: '550 5.1.1 nobody' } },
        { address: 'b@x.example', outcome: 'accepted' },
        { address: 'c@x.example', outcome: 'deferred', reply: { replyCode: 450 } },
      ],
    })
    expect({ usable, messages: server.messages.length }).toEqual({ usable: true, messages: 1 })
  })

  test.each([
    [
      'all refused',
      [NO, NO, NO],
      { outcome: 'refused', code: 'smtp.recipient_refused', recipients: [{ outcome: 'refused' }, { outcome: 'refused' }, {}] },
    ],
    [
      'some later',
      [NO, LATER, NO],
      { outcome: 'deferred', recipients: [{ outcome: 'refused' }, { outcome: 'deferred' }, { outcome: 'refused' }] },
    ],
  ])('%s: no message is sent', async (_what, [first, second, third], expected) => {
    const answers = [MAIL, OK, RCPT, first ?? OK, RCPT, second ?? OK, RCPT, third ?? OK]
    for (const [extensions, data] of [
      [[], []],
      [['PIPELINING'], [DATA, send('554 5.5.1 no valid recipients\r\n')]],
    ] as const) {
      const { outcome, server, usable } = await deliverScripted(stand, {
        steps: [...answers, ...data, ...RSET],
        extensions,
        messages: [three],
      })
      expect(outcome).toMatchObject({ ...expected, stage: 'rcpt' })
      expect({ usable, messages: server.messages.length }).toEqual({ usable: true, messages: 0 })
    }
  })

  // RFC 2920 section 3.1: DATA was said before that was known, and a server may go on all the same.
  test.each([
    ['all refused', [OK, NO, NO, NO], GO_ON, { outcome: 'refused', stage: 'rcpt' }],
    ['all refused', [OK, NO, NO, NO], OK, { outcome: 'refused', stage: 'rcpt' }],
    ['the sender refused', [send('553 5.7.1 not yours\r\n'), OK, OK, OK], GO_ON, { outcome: 'refused', stage: 'mail' }],
  ])(
    '%s, and the server says yes to DATA: it gets no message, and the connection goes',
    async (_what, [sender, ...answers], yes, expected) => {
      const { outcome, server, usable, handovers } = await deliverScripted(stand, {
        steps: [MAIL, sender ?? OK, ...answers.flatMap((answer) => [RCPT, answer]), DATA, yes],
        extensions: ['PIPELINING'],
        messages: [three],
      })
      expect(outcome).toMatchObject(expected)
      expect({ usable, handovers, messages: server.messages.length }).toEqual({ usable: false, handovers: 0, messages: 0 })
    },
  )

  test('that are put off because the account sends too much say so, though others were accepted', async () => {
    const TOO_MUCH = send('450 4.7.1 <b@x.example>: Recipient address rejected: rate limit exceeded\r\n')
    const accepted = await deliverScripted(stand, {
      steps: [MAIL, OK, RCPT, OK, RCPT, TOO_MUCH, RCPT, LATER, ...CONTENT, QUEUED],
      messages: [three],
    })
    expect(accepted.outcome).toMatchObject({ outcome: 'accepted', limitsAccount: true })
    const deferred = await deliverScripted(stand, { steps: [MAIL, OK, RCPT, LATER, RCPT, TOO_MUCH, RCPT, NO, ...RSET], messages: [three] })
    expect(deferred.outcome).toMatchObject({ outcome: 'deferred', limitsAccount: true })
    const greylisted = await deliverScripted(stand, { steps: [MAIL, OK, RCPT, LATER, RCPT, LATER, RCPT, NO, ...RSET], messages: [three] })
    expect(greylisted.outcome).toMatchObject({ outcome: 'deferred', limitsAccount: false })
  })

  test('are told from each other when the message is refused after all', async () => {
    const { outcome } = await deliverScripted(stand, {
      steps: [MAIL, OK, RCPT, NO, RCPT, OK, RCPT, LATER, ...CONTENT, send('554 5.7.1 spam\r\n')],
      messages: [three],
    })
    expect(outcome).toMatchObject({
      outcome: 'refused',
      stage: 'data_end',
      recipients: [
        { reply: { replyCode: 550 } },
        { outcome: 'refused', reply: { replyCode: 554 } },
        { outcome: 'deferred', reply: { replyCode: 450 } },
      ],
    })
  })

  test('that were not asked any more wait: 421 ends the session', async () => {
    const { outcome, usable } = await deliverScripted(stand, {
      steps: [MAIL, OK, RCPT, OK, RCPT, send('421 bye\r\n'), hangUp],
      messages: [three],
    })
    expect(outcome).toMatchObject({
      outcome: 'deferred',
      stage: 'rcpt',
      recipients: [{ outcome: 'deferred' }, { outcome: 'deferred' }, { outcome: 'deferred' }],
    })
    expect(usable).toBe(false)
  })

  test('are asked for at once where the server takes it, in groups', async () => {
    const many = to(...Array.from({ length: 120 }, (_, index) => `r${index}@x.example`))
    const { outcome, server } = await deliverScripted(stand, {
      steps: [
        MAIL,
        ...Array.from({ length: 49 }, () => RCPT),
        send('250 ok\r\n'.repeat(50)),
        ...pipelined(50),
        ...Array.from({ length: 21 }, () => RCPT),
        DATA,
        send('250 ok\r\n'.repeat(21)),
        GO_ON,
        expectMessage,
        QUEUED,
      ],
      extensions: ['PIPELINING'],
      messages: [many],
    })
    expect(outcome?.recipients.every((recipient) => recipient.outcome === 'accepted')).toBe(true)
    expect(server.surprises).toEqual([])
  })

  test('are not waited for when the sender is refused, and the session is in step again', async () => {
    const { outcomes } = await deliverScripted(stand, {
      steps: [
        MAIL,
        RCPT,
        RCPT,
        RCPT,
        DATA,
        send('553 5.7.1 not yours\r\n503 no\r\n503 no\r\n503 no\r\n503 no\r\n'),
        ...RSET,
        MAIL,
        RCPT,
        DATA,
        send('250 ok\r\n250 ok\r\n354 go on\r\n'),
        expectMessage,
        QUEUED,
      ],
      extensions: ['PIPELINING'],
      messages: [three, MESSAGE],
    })
    expect(outcomes).toMatchObject([
      { outcome: 'refused', stage: 'mail', code: 'smtp.message_refused', reply: { replyCode: 553 } },
      ACCEPTED,
    ])
  })
})

describe('before the final dot', () => {
  test('the caller is asked, and the server has no whole message yet', async () => {
    let seen = -1
    const { outcome } = await deliverScripted(stand, {
      steps: WHOLE,
      beforeHandover: async (server) => {
        seen = server.messages.length
      },
    })
    expect({ seen, outcome: outcome?.outcome }).toEqual({ seen: 0, outcome: 'accepted' })
  })

  test('the caller may say no: the dot is not sent and the connection goes', async () => {
    const veto = new Error('not noted down')
    let messages: readonly string[] = ['none']
    let used: SubmissionConnection | null = null
    const delivery = deliverScripted(stand, {
      steps: WHOLE,
      beforeHandover: async (server, connection) => {
        messages = server.messages
        used = connection
        throw veto
      },
    })
    await expect(delivery).rejects.toBe(veto)
    expect(messages).toEqual([])
    expect(used).toMatchObject({ usable: false })
  })

  test('a server that has gone meanwhile cannot have the message', async () => {
    const { outcome, server } = await deliverScripted(stand, {
      steps: [MAIL, OK, RCPT, OK, DATA, GO_ON, expectLine(/^From/u), hangUp],
      beforeHandover: (_server, connection) => expect.poll(() => connection.usable).toBe(false),
    })
    expect(outcome).toMatchObject({ outcome: 'deferred', stage: 'content' })
    expect(server.messages).toEqual([])
  })

  test('giving up sends nothing', async () => {
    const giveUp = new AbortController()
    const reason = new Error('enough')
    const delivery = deliverScripted(stand, {
      steps: WHOLE,
      signal: giveUp.signal,
      beforeHandover: async () => giveUp.abort(reason),
    })
    await expect(delivery).rejects.toBe(reason)
  })
})

test('after the final dot giving up leaves the outcome unknown', async () => {
  const steps = [...signedIn(), MAIL, OK, RCPT, OK, ...CONTENT]
  await using server = await startScriptedServer({ steps, certificate: stand.certificate, implicitTls: true })
  await using connection = await openScripted(stand, server.port)
  const giveUp = new AbortController()
  const delivery = deliverMessage(connection, MESSAGE, { beforeHandover: async () => undefined, signal: giveUp.signal })
  await expect.poll(() => server.messages.length).toBe(1)
  giveUp.abort(new Error('enough'))
  expect(await delivery).toMatchObject({ outcome: 'unknown', stage: 'data_end', recipients: [{ outcome: 'unknown' }] })
  expect(connection.usable).toBe(false)
})

test.each([
  ['says something unasked', send('421 4.4.2 idle for too long\r\n')],
  ['hangs up', hangUp],
])('between two messages a server that %s is not used again', async (_what, step) => {
  const steps = [...signedIn(), ...WHOLE, step]
  await using server = await startScriptedServer({ steps, certificate: stand.certificate, implicitTls: true })
  await using connection = await openScripted(stand, server.port)
  expect(await deliverMessage(connection, MESSAGE, { beforeHandover: async () => undefined })).toMatchObject(ACCEPTED)
  await expect.poll(() => connection.usable).toBe(false)
  const again = await deliverMessage(connection, MESSAGE, { beforeHandover: async () => undefined })
  expect(again).toMatchObject({ outcome: 'deferred', stage: 'mail' })
  expect(server.messages).toHaveLength(1)
})

test('a connection outlives the signal it was opened with', async () => {
  await using server = await startScriptedServer({ steps: [...signedIn(), ...WHOLE], certificate: stand.certificate, implicitTls: true })
  const opening = new AbortController()
  await using connection = await openScripted(stand, server.port, opening.signal)
  opening.abort(new Error('who asked has gone'))
  expect(await deliverMessage(connection, MESSAGE, { beforeHandover: async () => undefined })).toMatchObject(ACCEPTED)
})

test('a connection takes one message at a time', async () => {
  await using server = await startScriptedServer({ steps: [...signedIn(), ...WHOLE], certificate: stand.certificate, implicitTls: true })
  await using connection = await openScripted(stand, server.port)
  const first = deliverMessage(connection, MESSAGE, { beforeHandover: async () => undefined })
  await expect(deliverMessage(connection, MESSAGE, { beforeHandover: async () => undefined })).rejects.toThrow('in use')
  expect(await first).toMatchObject(ACCEPTED)
  expect(server.messages).toHaveLength(1)
})

test.each([
  ['hangs up', [send('220 begin\r\n'), hangUp]],
  ['refuses it', [send('502 5.5.1 what?\r\n')]],
  ['goes on in clear', [send('220 begin\r\n'), send('250 ok\r\n')]],
])('over STARTTLS nothing is said to a server that %s', async (_what, answer) => {
  const steps = [SMTP_GREETING, expectLine(/^EHLO /u), send('250-mail.test\r\n250 STARTTLS\r\n'), expectLine(/^STARTTLS$/u), ...answer]
  await using scripted = await startScriptedServer({ steps, certificate: stand.certificate })
  const server = { protocol: 'smtp', host: 'localhost', port: scripted.port, tls: 'starttls' } as const
  const opening = openSubmissionConnection({ server, username: 'ada', password: CANARY }, { egress: stand.egress, deadlineMs: 10_000 })
  await expect(opening).rejects.toMatchObject({ name: 'MailFault', stage: 'tls' })
  expect(scripted.lines).toEqual([expect.stringMatching(/^EHLO /u), 'STARTTLS'])
})
