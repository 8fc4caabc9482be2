import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { answerBrokenRequests, createHttpApp, createSessions, HTTP_SERVER_OPTIONS, type SessionsOptions, sweepExpired } from '@maildock/api'
import type { Logger } from '@maildock/core'
import { openDatabase, openLiveListener } from '@maildock/db'
import { verifyMailServers } from '@maildock/mail'
import { createOutbox, openSmtpDelivery } from '@maildock/outbox'
import type { Config } from '../config/config-schema.ts'
import { drainOnDispose } from './drain-server.ts'
import { deriveSignInSecret, openVault } from './keys.ts'
import { openMailPolicy } from './mail-policy.ts'

export interface HttpServerOptions {
  readonly config: Config
  readonly connectionString: string
  readonly credentialKeys: string
  readonly logger: Logger
}

export interface HttpServer extends AsyncDisposable {
  readonly port: number
  /** Where browsers reach it. */
  readonly publicUrl: string
}

const CONNECTIONS = 20
/** Less than the drain of requests. */
const ANSWER_AT_STOP_MS = 4_000
const SWEEP_INTERVAL_MS = 600_000
const DASHBOARD = fileURLToPath(new URL('../../../dashboard/dist', import.meta.url))

/** Starts the API and the dashboard. Disposing stops accepting, lets running requests end, then closes everything it opened. */
export async function startHttpServer({ config, connectionString, credentialKeys, logger }: HttpServerOptions): Promise<HttpServer> {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(openDatabase({ connectionString, applicationName: 'maildock-http', maxConnections: CONNECTIONS, logger }))
  const live = stack.use(await openLiveListener({ connectionString, logger }))
  const vault = await openVault(credentialKeys, database)
  const egress = await openMailPolicy(config)
  const { deliver } = stack.use(openSmtpDelivery({ vault, egress }))
  const outbox = createOutbox({ pool: database.pool, deliver, logger, answerAtStopMs: ANSWER_AT_STOP_MS })
  const server = createServer(HTTP_SERVER_OPTIONS)
  answerBrokenRequests(server)
  const drain = drainOnDispose(server)
  // From here to `server.on('request')` nothing is awaited: a request that came in between would never be answered.
  await listen(server, config.PORT, config.HOST)
  // Together: whoever waits for an attempt is answered within the drain.
  stack.defer(async () => void (await Promise.all([drain[Symbol.asyncDispose](), outbox[Symbol.asyncDispose]()])))
  const port = portOf(server)
  const publicUrl = config.PUBLIC_URL?.replace(/\/+$/u, '') ?? `http://localhost:${port}`
  const sessions = createSessions({ pool: database.pool, mode: planSessionMode(config, credentialKeys), publicUrl, logger })
  const app = createHttpApp({
    database,
    live,
    sessions: sessions.gate,
    vault,
    egress,
    verify: verifyMailServers,
    outbox,
    plans: config.PLANS,
    defaultPlan: config.DEFAULT_PLAN,
    serviceKeys: config.SERVICE_KEYS,
    publicUrl,
    allowedOrigins: config.ALLOWED_ORIGINS,
    trustProxy: config.TRUST_PROXY,
    dashboardDir: DASHBOARD,
    logger,
  })
  server.on('request', app)
  logger.info({ port }, 'Serving')
  stack.use(repeatEvery(SWEEP_INTERVAL_MS, () => sweepExpired(database.pool), logger))
  const owned = stack.move()
  return { port, publicUrl, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** In which of the three ways tokens are made and verified. */
export function planSessionMode(config: Config, credentialKeys: string): SessionsOptions['mode'] {
  const audience = config.SESSION_AUDIENCE
  const issuer = config.SESSION_ISSUER
  if (config.SESSION_JWKS_URL !== undefined) return { kind: 'jwks', url: config.SESSION_JWKS_URL, issuer: issuer ?? null, audience }
  if (config.SESSION_JWT_SECRET !== undefined)
    return { kind: 'secret', secret: config.SESSION_JWT_SECRET, issuer: issuer ?? null, audience }
  return { kind: 'embedded', secret: deriveSignInSecret(credentialKeys), issuer: issuer ?? 'maildock', audience, signUp: config.SIGN_UP }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  const listening = once(server, 'listening')
  server.listen(port, host)
  await listening
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The HTTP server listens on no TCP port.')
  return address.port
}

/** A failed turn is logged and the next one comes. */
function repeatEvery(intervalMs: number, turn: () => Promise<void>, logger: Logger): Disposable {
  const timer = setInterval(() => {
    turn().catch((error: unknown) => logger.warn({ error }, 'Expired rows could not be removed; it is tried again'))
  }, intervalMs)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
