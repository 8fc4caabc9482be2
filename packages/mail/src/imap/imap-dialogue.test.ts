import { Duplex } from 'node:stream'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NoPasswordLogin, ServerRefusal } from '../refusal.ts'
import { ConnectionLost, LineStream, ProtocolViolation } from '../wire/line-stream.ts'
import { ImapDialogue } from './imap-dialogue.ts'
import { logIn } from './imap-login.ts'

/** A server that says all of this at once and hangs up, whatever it is told. */
function saying(text: string | Uint8Array): { dialogue: ImapDialogue; told: string[] } {
  const told: string[] = []
  const socket = new Duplex({
    read() {
      this.push(text.length === 0 ? null : text)
      this.push(null)
    },
    write(chunk: Buffer, _encoding, done) {
      told.push(chunk.toString('latin1'))
      done()
    },
  })
  return { dialogue: new ImapDialogue(new LineStream(socket)), told }
}

const EXPECTED = [ServerRefusal, NoPasswordLogin, ProtocolViolation, ConnectionLost] as const

/** Greeting and login against whatever a server says: what became of it. */
async function signIn(text: string | Uint8Array): Promise<'accepted' | 'refused'> {
  const { dialogue } = saying(text)
  try {
    await dialogue.readGreeting()
    await logIn(dialogue, { username: 'ada', password: 'secret' })
    return 'accepted'
  } catch (error) {
    if (EXPECTED.some((type) => error instanceof type)) return 'refused'
    throw error
  }
}

const TRANSCRIPT =
  '* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n* 2 EXISTS\r\n* OK [ALERT] hi\r\nM1 OK [CAPABILITY IMAP4rev1 IDLE] in\r\n'

describe('ImapDialogue', () => {
  test('a whole login', async () => {
    expect(await signIn(TRANSCRIPT)).toBe('accepted')
  })

  test.each([
    'M1 NO no',
    'M1 BAD no',
    'M1 BYE bye',
    'M1 PREAUTH in',
    'M1 OKAY in',
    'M1',
    'M2 OK in',
    'M10 OK in',
    'M1OK in',
    '* M1 OK in',
    '+ M1 OK in',
    'OK in',
    '* OK in',
    '* PREAUTH in',
  ])('%j does not count as an accepted login', async (answer) => {
    expect(await signIn(`* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi\r\n${answer}\r\n`)).toBe('refused')
  })

  test('cut at any octet, it is a refusal or the whole', async () => {
    const octets = Buffer.from(TRANSCRIPT)
    const outcomes = await Promise.all(Array.from({ length: octets.length }, (_, end) => signIn(octets.subarray(0, end))))
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toEqual([])
  })

  // B20: mutated transcripts and random octets end in one of four known errors, or in a tagged OK that was really said.
  test('mutated, it never ends in a surprise', async () => {
    const octets = Buffer.from(TRANSCRIPT)
    const mutation = fc.record({ at: fc.nat(octets.length - 1), cut: fc.nat(20), put: fc.uint8Array({ maxLength: 20 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 6 }), async (mutations) => {
        let text: Buffer = octets
        for (const { at, cut, put } of mutations) text = Buffer.concat([text.subarray(0, at), put, text.subarray(at + cut)])
        const outcome = await signIn(text)
        expect(outcome === 'refused' || /^M\d+\s+OK\b/imu.test(text.toString('latin1'))).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })

  test('random octets are refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (octets) => {
        expect(await signIn(Buffer.concat([octets, Buffer.from('\r\n')]))).toBe('refused')
      }),
      { numRuns: 1000 },
    )
  })

  test('the capabilities from before the login are forgotten', async () => {
    const { dialogue } = saying('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR QRESYNC] hi\r\nM1 OK in\r\n')
    await dialogue.readGreeting()
    expect(dialogue.capabilities?.has('QRESYNC')).toBe(true)
    await logIn(dialogue, { username: 'ada', password: 'secret' })
    expect(dialogue.capabilities).toBeNull()
  })
})
