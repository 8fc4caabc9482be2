import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpApp, createSessions, HTTP_SERVER_OPTIONS, type SessionsOptions } from '@maildock/api'
import {
  DEFAULT_PLANS,
  MaildockError,
  planTlsModes,
  silentLogger,
  type ErrorCode,
  type MailProtocol,
  type MailServer,
  type VerificationFailure,
} from '@maildock/core'
import { openDatabase, openLiveListener } from '@maildock/db'
import { createEgressPolicy, type VerifyMailServers } from '@maildock/mail'
import { createOutbox, type Deliver } from '@maildock/outbox'
import { createVault, parseKeyRing } from '@maildock/vault'
import { SignJWT } from 'jose'

const SECRET = 'the contract tests sign their sessions with this secret'
const AUDIENCE = 'authenticated'
const PUBLIC_URL = 'http://maildock.test'
export const SERVICE_KEY = 'service-key-of-the-contract-tests-0123'

/** The real HTTP application over a real database. Only other people's mail servers are played. */
export interface RealMaildock extends AsyncDisposable {
  readonly baseUrl: string
  /** From now on every verification fails so; with nothing given, each succeeds. */
  failVerification(...failures: VerificationFailure[]): void
  /** From now on the server throws this error in the midst of a call. */
  throwInVerification(code: ErrorCode): void
}

export interface RealMaildockOptions {
  readonly connectionString: string
  /** Whether it has its own sign-in. Default: sessions come from an identity provider. */
  readonly ownSignIn?: boolean
}

/** Starts one on a free port of the loopback. */
export async function startRealMaildock({ connectionString, ownSignIn = false }: RealMaildockOptions): Promise<RealMaildock> {
  await using stack = new AsyncDisposableStack()
  const logger = silentLogger
  const database = stack.use(openDatabase({ connectionString, applicationName: 'client-contract', maxConnections: 10, logger }))
  const live = stack.use(await openLiveListener({ connectionString, logger }))
  const mode: SessionsOptions['mode'] = ownSignIn
    ? { kind: 'embedded', secret: SECRET, issuer: PUBLIC_URL, audience: AUDIENCE, signUp: 'open' }
    : { kind: 'secret', secret: SECRET, issuer: null, audience: AUDIENCE }
  const verification = playVerification()
  const outbox = stack.use(createOutbox({ pool: database.pool, deliver: takeAll, logger }))
  const app = createHttpApp({
    database,
    live,
    vault: createVault(parseKeyRing(`contract:${randomBytes(32).toString('base64')}`)),
    egress: createEgressPolicy({ allowHosts: [], allowPorts: [] }),
    verify: verification.verify,
    outbox,
    sessions: createSessions({ mode, pool: database.pool, publicUrl: PUBLIC_URL, logger }).gate,
    plans: DEFAULT_PLANS,
    defaultPlan: 'enterprise',
    serviceKeys: [SERVICE_KEY],
    publicUrl: PUBLIC_URL,
    allowedOrigins: [],
    logger,
  })
  const server = createServer(HTTP_SERVER_OPTIONS, app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stack.defer(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const owned = stack.move()
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failVerification: verification.fail,
    throwInVerification: verification.breakWith,
    [Symbol.asyncDispose]: async () => await owned.disposeAsync(),
  }
}

function found(protocol: MailProtocol, { host, port }: { readonly host: string; readonly port: number }): MailServer {
  return { protocol, host, port, tls: planTlsModes(port)[0] }
}

/** Plays the port through which mail servers are verified: every server is good unless told otherwise. */
function playVerification() {
  let failures: readonly VerificationFailure[] = []
  let thrown: ErrorCode | undefined
  const verify: VerifyMailServers = async ({ imap, smtp }) => {
    if (thrown !== undefined) {
      throw new MaildockError(thrown)
    }
    const [first, ...others] = failures
    return await Promise.resolve(
      first === undefined
        ? { ok: true, imap: found('imap', imap), smtp: found('smtp', smtp) }
        : { ok: false, failures: [first, ...others] },
    )
  }
  return {
    verify,
    fail: (...told: VerificationFailure[]) => {
      failures = told
      thrown = undefined
    },
    breakWith: (code: ErrorCode) => {
      thrown = code
    },
  }
}

/** A person nobody else is, with a session as an identity provider would make it. */
export interface Person {
  readonly id: string
  readonly token: string
}

export async function createPerson({ plan, expiresIn = '1h' }: { plan?: string; expiresIn?: string } = {}): Promise<Person> {
  const id = randomUUID()
  const token = await new SignJWT(plan === undefined ? {} : { app_metadata: { plan } })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(id)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(expiresIn)
    .sign(new TextEncoder().encode(SECRET))
  return { id, token }
}

/** A mail server that takes everything. */
const takeAll: Deliver = async (_server, { forwardPaths }, { beforeHandover }) => {
  await beforeHandover()
  const words = { code: null, replyCode: 250, enhancedStatus: null, response: '250 ok' }
  return { ...words, recipients: forwardPaths.map((address) => ({ ...words, address, outcome: 'accepted' })) }
}
