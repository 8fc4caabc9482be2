import type { Benchmark, BenchmarkContext } from '../benchmark.ts'
import { finding, type Finding } from '../finding.ts'
import { connectBody, MAIL_HOST, startMailServers, type MailServers } from '../mail-servers/start-mail-servers.ts'
import { createApiUser } from '../maildock/api-user.ts'
import { openBenchClient, startBenchDatabase } from '../maildock/bench-database.ts'
import { SESSION_SECRET } from '../maildock/session-token.ts'
import { startServe } from '../maildock/start-serve.ts'
import { runInOwnProcess } from '../processes/in-own-process.ts'
import { openKeepAlivePoster } from '../processes/keep-alive-poster.ts'
import { runConcurrently } from '../processes/run-concurrently.ts'
import type { NodemailerPoolSettings } from '../rivals/nodemailer-pool.ts'
import { alternate } from '../statistics/alternate.ts'
import { pairwiseRatios, percentile } from '../statistics/statistics.ts'

const SIZES = { all: { messages: 1_000, rounds: 5 }, quick: { messages: 100, rounds: 1 } } as const
const CONCURRENCY = 16
const EMAIL = 'shop@bench.example.com'
/** A message is about 1 KB with its header. */
const TEXT = `${'Thank you for your order. '.repeat(20)}\n`
/** What a key may send in a minute, and some to spare. */
const PER_KEY = 80
const NODEMAILER = new URL('../rivals/nodemailer-pool.ts', import.meta.url)

/** Row 14: messages of one account by API, stored and taken by the mail server when they are answered, beside nodemailer with its pool. */
export const send: Benchmark = {
  name: 'send',
  summary: `POST /api/v1/send, 1 KB, one account, ${CONCURRENCY} at a time, one process`,
  run: async (context) => {
    const { resources, say } = context
    const size = SIZES[context.quick ? 'quick' : 'all']
    const messages = context.messages ?? size.messages
    const rounds = context.rounds ?? size.rounds
    say('starting PostgreSQL, Dovecot and Postfix')
    const database = await startBenchDatabase(resources)
    const client = await openBenchClient(resources, database)
    const servers = await startMailServers(resources)
    const { url } = await startServe(resources, { env: { ...database.env, ...servers.env, SESSION_JWT_SECRET: SESSION_SECRET } })
    const user = createApiUser(url)
    await user.call('POST', '/api/accounts', connectBody(servers, EMAIL))
    const keys = await Promise.all(
      Array.from({ length: Math.ceil(messages / PER_KEY) }, async (_, index) => {
        const { key } = await user.call<{ key: string }>('POST', '/api/v1/keys', { name: `key ${index}` })
        return key
      }),
    )
    const latencies: number[][] = []
    const sendAll = async (): Promise<number> => {
      // The rate of a key is not what is measured.
      await client.query('truncate send_rate')
      const { seconds, tookMs } = await sendByApi(url, keys, messages)
      latencies.push(tookMs)
      return tell(context, 'by API', messages / seconds)
    }
    // Once before it counts: connections stand, and code is warm.
    await sendByApi(url, keys, Math.min(messages, 200))
    const samples = await alternate(
      { nodemailer: async () => tell(context, 'nodemailer', messages / (await sendByNodemailer(servers, messages))), product: sendAll },
      rounds,
    )
    const { rows } = await client.query<{ unsent: number }>(`select count(*)::int as unsent from submission where status <> 'sent'`)
    if (rows[0]?.unsent !== 0) throw new Error(`${rows[0]?.unsent ?? 'No'} messages were not taken.`)
    return describe(samples, latencies)
  },
}

function describe(
  samples: Readonly<Record<'product' | 'nodemailer', readonly number[]>>,
  latencies: readonly number[][],
): readonly Finding[] {
  const at = (percent: number): readonly number[] => latencies.map((tookMs) => percentile(tookMs, percent))
  return [
    finding('messages by API: stored, and taken by the mail server', '/s', samples.product, { target: 'sends' }),
    finding('nodemailer with its pool, nothing stored', '/s', samples.nodemailer),
    finding('by API : nodemailer with its pool', '×', pairwiseRatios(samples.product, samples.nodemailer), { target: 'sendsToNodemailer' }),
    finding('from the request to its answer, p50', 'ms', at(50)),
    finding('from the request to its answer, p95', 'ms', at(95)),
  ]
}

/** @throws when a message is answered with anything but 200 */
async function sendByApi(
  url: string,
  keys: readonly string[],
  messages: number,
): Promise<{ readonly seconds: number; readonly tookMs: number[] }> {
  const tookMs: number[] = []
  using poster = openKeepAlivePoster(CONCURRENCY)
  const startedAt = performance.now()
  await runConcurrently(
    Array.from({ length: messages }, (_, index) => index),
    CONCURRENCY,
    async (index) => {
      const askedAt = performance.now()
      const { status, body } = await poster.post(
        `${url}/api/v1/send`,
        { authorization: `Bearer ${keys[index % keys.length] ?? ''}` },
        { from: { email: EMAIL }, to: [{ email: `customer${index}@bench.example.com` }], subject: 'Your order', text: TEXT },
      )
      if (status !== 200) throw new Error(`A message was answered with ${status}: ${body}`)
      tookMs.push(performance.now() - askedAt)
    },
  )
  return { seconds: (performance.now() - startedAt) / 1000, tookMs }
}

async function sendByNodemailer({ postfix, dovecot, caCertificate }: MailServers, messages: number): Promise<number> {
  const settings: NodemailerPoolSettings = {
    host: MAIL_HOST,
    port: postfix.submissionPort,
    ca: caCertificate,
    username: EMAIL,
    password: dovecot.password,
    messages,
    concurrency: CONCURRENCY,
    text: TEXT,
  }
  return await runInOwnProcess<number>(NODEMAILER, settings)
}

function tell({ say }: BenchmarkContext, what: string, perSecond: number): number {
  say(`${what}: ${perSecond.toFixed(0)}/s`)
  return perSecond
}
