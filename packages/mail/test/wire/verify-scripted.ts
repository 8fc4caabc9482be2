import type { MailProtocol, TlsMode, VerificationFailure } from '@maildock/core'
import {
  createTestAuthority,
  expectCommand,
  expectLine,
  send,
  startScriptedServer,
  startTls,
  type ScriptedServer,
  type ScriptedServerOptions,
  type ServerCertificate,
  type Step,
  type TestAuthority,
} from '@maildock/testkit'
import { expect } from 'vitest'
import {
  createEgressPolicy,
  verifyMailServers,
  type EgressPolicy,
  type MailServerLogin,
  type MailServersVerification,
} from '../../src/index.ts'

/** Long and unlike anything else, so that it is found wherever it should not be. */
export const CANARY = 'canary-7f3a9c-p\u00e4ss "word"\\'

export interface WireStand {
  readonly authority: TestAuthority
  readonly certificate: ServerCertificate
  readonly egress: EgressPolicy
}

/** An authority, a certificate for `localhost`, and a policy that believes it. */
export async function createWireStand(): Promise<WireStand> {
  const authority = await createTestAuthority()
  const certificate = await authority.issue({ names: ['localhost'] })
  const egress = createEgressPolicy({
    allowHosts: ['localhost', '127.0.0.0/8'],
    allowPorts: [[1024, 65_535]],
    extraCa: [authority.caCertificate],
    lookup: async () => [{ address: '127.0.0.1', family: 4 }],
  })
  return { authority, certificate, egress }
}

/** Everything an honest IMAP server says after TLS, for a client that signs in with SASL PLAIN. */
export const IMAP_SESSION: readonly Step[] = [
  expectCommand('AUTHENTICATE PLAIN'),
  send('{tag} OK [CAPABILITY IMAP4rev1] welcome\r\n'),
  expectCommand('LIST'),
  send('* LIST (\\Noselect) "/" ""\r\n{tag} OK done\r\n'),
]
export const IMAP_GREETING: Step = send('* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n')

export const SMTP_EHLO: readonly Step[] = [expectLine(/^EHLO \[127\.0\.0\.1\]$/u), send('250-mail.test\r\n250 AUTH PLAIN LOGIN\r\n')]
export const SMTP_SESSION: readonly Step[] = [
  ...SMTP_EHLO,
  expectLine(/^AUTH PLAIN \S+$/u),
  send('235 2.7.0 welcome\r\n'),
  expectLine(/^RSET$/u),
  send('250 ok\r\n'),
]
export const SMTP_GREETING: Step = send('220 mail.test ESMTP\r\n')

/** The way to TLS in clear. */
export const IMAP_STARTTLS: readonly Step[] = [
  send('* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n'),
  expectCommand('STARTTLS'),
  send('{tag} OK begin\r\n'),
  startTls,
]
export const SMTP_STARTTLS: readonly Step[] = [
  SMTP_GREETING,
  expectLine(/^EHLO /u),
  send('250-mail.test\r\n250 STARTTLS\r\n'),
  expectLine(/^STARTTLS$/u),
  send('220 begin\r\n'),
  startTls,
]

const GOOD: Record<MailProtocol, readonly Step[]> = {
  imap: [IMAP_GREETING, ...IMAP_SESSION],
  smtp: [SMTP_GREETING, ...SMTP_SESSION],
}

export interface ScriptedVerification {
  readonly result: MailServersVerification
  /** The failure of the scripted server, or null. */
  readonly failure: VerificationFailure | null
  readonly server: ScriptedServer
  readonly elapsedMs: number
}

export interface VerifyScriptedOptions extends ScriptedServerOptions {
  readonly protocol: MailProtocol
  readonly tls?: TlsMode | undefined
  /** Name or address to dial. Default `localhost`. */
  readonly dialHost?: string
  readonly deadlineMs?: number
  readonly username?: string
  readonly password?: string
}

/** Verifies one scripted server beside an honest one of the other protocol. */
export async function verifyScripted(stand: WireStand, options: VerifyScriptedOptions): Promise<ScriptedVerification> {
  const { protocol } = options
  const other = protocol === 'imap' ? 'smtp' : 'imap'
  await using honest = await startScriptedServer({ steps: GOOD[other], certificate: stand.certificate, implicitTls: true })
  await using server = await startScriptedServer({ certificate: stand.certificate, ...options })
  const credentials = { username: options.username ?? 'ada', password: options.password ?? CANARY }
  const scriptedLogin: MailServerLogin = {
    host: options.dialHost ?? 'localhost',
    port: server.port,
    tls: options.tls,
    ...credentials,
  }
  const honestLogin: MailServerLogin = { host: 'localhost', port: honest.port, tls: 'implicit', ...credentials }
  const logins = protocol === 'imap' ? { imap: scriptedLogin, smtp: honestLogin } : { imap: honestLogin, smtp: scriptedLogin }
  const begin = performance.now()
  const result = await verifyMailServers(logins, { egress: stand.egress, deadlineMs: options.deadlineMs ?? 5000 })
  const elapsedMs = performance.now() - begin
  // Whatever the outcome, no socket is left behind.
  await expect.poll(() => server.openConnections + honest.openConnections, { timeout: 15_000 }).toBe(0)
  if (!result.ok && result.failures.some((failure) => failure.protocol !== protocol)) {
    throw new Error(`the honest server was refused: ${JSON.stringify(result.failures)} ${honest.surprises.join()}`)
  }
  return { result, failure: result.ok ? null : result.failures[0], server, elapsedMs }
}
