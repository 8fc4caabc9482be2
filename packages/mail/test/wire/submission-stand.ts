import { expectLine, send, startScriptedServer, type ScriptedServer, type Step } from '@maildock/testkit'
import {
  composeMessage,
  deliverMessage,
  openSubmissionConnection,
  type ComposedMessage,
  type DeliveryDeadlines,
  type DeliveryOutcome,
  type SubmissionConnection,
} from '../../src/index.ts'
import { CANARY, SMTP_GREETING, type WireStand } from './verify-scripted.ts'

export const MESSAGE: ComposedMessage = await composeMessage({
  messageIdHeader: '<1@example.org>',
  date: new Date('2026-01-15T10:20:30Z'),
  from: { address: 'ada@example.org' },
  to: [{ address: 'grace@example.net' }],
  cc: [],
  bcc: [],
  subject: 'Engines',
  text: 'Hello,\n.\nworld\n',
  attachments: [],
  headers: [],
  references: [],
})

/** As the server has to get it. */
export const MESSAGE_ON_THE_WIRE = MESSAGE.source.toString('latin1').replace('\r\n.\r\n', '\r\n..\r\n')

export const OK = send('250 2.0.0 ok\r\n')
export const MAIL = expectLine(/^MAIL FROM:<ada@example\.org>/u)
export const RCPT = expectLine(/^RCPT TO:<[^>]+>$/u)
export const DATA = expectLine(/^DATA$/u)
export const GO_ON = send('354 go on\r\n')
export const RSET: readonly Step[] = [expectLine(/^RSET$/u), OK]

/** Greeting to login, with these extensions. */
export function signedIn(extensions: readonly string[] = []): readonly Step[] {
  const lines = ['mail.test', ...extensions]
  const ehlo = [...lines.map((line) => `250-${line}\r\n`), '250 AUTH PLAIN\r\n'].join('')
  return [SMTP_GREETING, expectLine(/^EHLO /u), send(ehlo), expectLine(/^AUTH PLAIN /u), send('235 2.7.0 welcome\r\n')]
}

export interface DeliverScriptedOptions {
  /** After the login. */
  readonly steps: readonly Step[]
  readonly extensions?: readonly string[]
  /** Delivered one after the other. Default MESSAGE, once. */
  readonly messages?: readonly ComposedMessage[]
  readonly deadlines?: Partial<DeliveryDeadlines>
  readonly signal?: AbortSignal
  readonly beforeHandover?: (server: ScriptedServer, connection: SubmissionConnection) => Promise<void>
}

export interface ScriptedDelivery {
  readonly outcomes: readonly DeliveryOutcome[]
  readonly outcome: DeliveryOutcome | undefined
  readonly server: ScriptedServer
  /** How often the caller was asked before a final dot. */
  readonly handovers: number
  /** Whether the connection could be used again afterwards. */
  readonly usable: boolean
}

/** Delivers to a scripted server. Rejects as deliverMessage does. */
export async function deliverScripted(stand: WireStand, options: DeliverScriptedOptions): Promise<ScriptedDelivery> {
  const steps = [...signedIn(options.extensions), ...options.steps]
  await using server = await startScriptedServer({ steps, certificate: stand.certificate, implicitTls: true })
  await using connection = await openScripted(stand, server.port)
  let handovers = 0
  const outcomes: DeliveryOutcome[] = []
  for (const message of options.messages ?? [MESSAGE]) {
    const outcome = await deliverMessage(connection, message, {
      beforeHandover: async () => {
        handovers += 1
        await options.beforeHandover?.(server, connection)
      },
      signal: options.signal,
      deadlines: options.deadlines,
    })
    outcomes.push(outcome)
  }
  return { outcomes, outcome: outcomes[0], server, handovers, usable: connection.usable }
}

/** Signs in to a server on loopback. */
export function openScripted(stand: WireStand, port: number, signal?: AbortSignal): Promise<SubmissionConnection> {
  const server = { protocol: 'smtp', host: 'localhost', port, tls: 'implicit' } as const
  return openSubmissionConnection({ server, username: 'ada', password: CANARY }, { egress: stand.egress, deadlineMs: 10_000, signal })
}
