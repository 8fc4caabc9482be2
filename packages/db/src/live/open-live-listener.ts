import { setTimeout as delay } from 'node:timers/promises'
import { LIVE_CHANNEL, type Logger } from '@maildock/core'
import { Client } from 'pg'
import type { LiveListener } from './live-signal.ts'
import { parseLiveNotice } from './parse-live-notice.ts'
import { Subscribers } from './subscribers.ts'

export interface LiveListenerOptions {
  readonly connectionString: string
  readonly logger: Logger
  /** How often the connection is probed. Default 15 s. */
  readonly probeIntervalMs?: number
  /** A probe unanswered for so long means that the connection is dead, whatever the socket says. Default 5 s. */
  readonly probeTimeoutMs?: number
}

const CONNECT_TIMEOUT_MS = 10_000
const BACKOFF_FIRST_MS = 100
const BACKOFF_MAX_MS = 10_000

/**
 * Opens a connection that listens on LIVE_CHANNEL for as long as the process lives. When it is lost, also silently, it is opened
 * again with backoff, and every subscriber is told to `resync`, so that nothing is missed for good.
 * @throws when the first connection cannot be made
 */
export async function openLiveListener(options: LiveListenerOptions): Promise<LiveListener> {
  const { logger } = options
  const subscribers = new Subscribers(logger)
  const stop = new AbortController()
  const first = await connect(options, subscribers)
  const running = keepListening(first, { options, subscribers, signal: stop.signal })
  return {
    subscribe: (userId, subscriber) => subscribers.add(userId, subscriber),
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await running
    },
  }
}

interface Connection {
  readonly client: Client
  /** Settles when the connection is lost. */
  readonly lost: Promise<string>
}

interface Loop {
  readonly options: LiveListenerOptions
  readonly subscribers: Subscribers
  readonly signal: AbortSignal
}

async function keepListening(first: Connection, loop: Loop): Promise<void> {
  const { logger } = loop.options
  const stopped = aborted(loop.signal)
  let connection: Connection | null = first
  while (connection !== null) {
    const reason = await Promise.race([connection.lost, probe(connection.client, loop), stopped])
    await close(connection.client, logger)
    if (loop.signal.aborted) return
    logger.warn({ reason }, 'The live connection was lost; it is opened again.')
    connection = await reconnect(loop)
    if (connection !== null) loop.subscribers.resync()
  }
}

async function reconnect({ options, subscribers, signal }: Loop): Promise<Connection | null> {
  for (let backoffMs = BACKOFF_FIRST_MS; !signal.aborted; backoffMs = Math.min(backoffMs * 2, BACKOFF_MAX_MS)) {
    try {
      return await connect(options, subscribers)
    } catch (error) {
      options.logger.warn({ reason: describe(error), retryInMs: backoffMs }, 'The live connection cannot be opened yet.')
      // Jitter: after a restart of PostgreSQL not every process comes back in the same moment.
      await sleep(backoffMs * (0.5 + Math.random() / 2), signal)
    }
  }
  return null
}

async function connect({ connectionString, logger, probeTimeoutMs }: LiveListenerOptions, subscribers: Subscribers): Promise<Connection> {
  const client = new Client({
    connectionString,
    application_name: 'maildock-live',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: probeTimeoutMs ?? 5_000,
  })
  const lost = new Promise<string>((resolve) => {
    client.on('error', (error) => resolve(describe(error)))
    client.on('end', () => resolve('ended'))
  })
  client.on('notification', ({ channel, payload }) => {
    if (channel !== LIVE_CHANNEL) return
    const notice = parseLiveNotice(payload)
    if (notice === null) logger.warn({ octets: payload?.length ?? 0 }, 'A live notice that cannot be read was ignored.')
    else subscribers.tell(notice)
  })
  try {
    await client.connect()
    await client.query(`LISTEN ${LIVE_CHANNEL}`)
  } catch (error) {
    await close(client, logger)
    throw error
  }
  return { client, lost }
}

/** Resolves when the server no longer answers: a half-open connection gives no sign of its own. */
async function probe(client: Client, { options, signal }: Loop): Promise<string> {
  while (!signal.aborted) {
    await sleep(options.probeIntervalMs ?? 15_000, signal)
    try {
      if (!signal.aborted) await client.query('SELECT 1')
    } catch (error) {
      return describe(error)
    }
  }
  return 'stopped'
}

/** Never waits for a server that does not answer. */
async function close(client: Client, logger: Logger): Promise<void> {
  const timeout = new AbortController()
  const patience = delay(1_000, undefined, { signal: timeout.signal, ref: false }).catch(() => undefined)
  await Promise.race([client.end().catch((error: unknown) => logger.debug({ reason: describe(error) }, 'Closing failed.')), patience])
  timeout.abort()
}

function aborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('stopped')
    else signal.addEventListener('abort', () => resolve('stopped'), { once: true })
  })
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown'
}
