import type { VerifyMailServersInput } from '@maildock/mail'
import type { Benchmark, BenchmarkContext } from '../benchmark.ts'
import { finding } from '../finding.ts'
import { connectBody, MAIL_HOST, startMailServers, type MailServers } from '../mail-servers/start-mail-servers.ts'
import { createApiUser } from '../maildock/api-user.ts'
import { startBenchDatabase } from '../maildock/bench-database.ts'
import { SESSION_SECRET } from '../maildock/session-token.ts'
import { startServe } from '../maildock/start-serve.ts'
import { runInOwnProcess } from '../processes/in-own-process.ts'
import { runConcurrently } from '../processes/run-concurrently.ts'
import { createTemporaryFolder } from '../processes/temporary-folder.ts'
import { describeProfile } from '../report/describe-profile.ts'
import { alternate } from '../statistics/alternate.ts'
import { pairwiseRatios } from '../statistics/statistics.ts'
import type { VerifyAloneSettings } from '../rivals/verify-alone.ts'

const CONCURRENCY = 16
const CONNECTS = 300
const ROUNDS = 3
/** Logins the verifications share, so that Dovecot has as many processes in every round. */
const LOGINS = 64
const VERIFY_ALONE = new URL('../rivals/verify-alone.ts', import.meta.url)

/** Row 11: accounts connected by API per second, each of another user, beside the same verifications without the product around them. */
export const connect: Benchmark = {
  name: 'connect',
  summary: `${CONNECTS} accounts of as many users connected by API, ${CONCURRENCY} at a time, one process`,
  run: async (context) => {
    const { resources, say } = context
    say('starting PostgreSQL, Dovecot and Postfix')
    const database = await startBenchDatabase(resources)
    const servers = await startMailServers(resources)
    const env = { ...database.env, ...servers.env, SESSION_JWT_SECRET: SESSION_SECRET }
    const { url } = await startServe(resources, { env })
    await connectMany(url, servers, LOGINS)
    await verifyMany(servers, LOGINS)
    const samples = await alternate(
      {
        alone: async () => tell(say, 'verification alone', CONNECTS / (await verifyMany(servers, CONNECTS))),
        product: async () => tell(say, 'by API', CONNECTS / (await connectMany(url, servers, CONNECTS))),
      },
      context.rounds ?? ROUNDS,
    )
    if (context.profile) await profile(context, servers, env)
    return [
      finding('accounts connected by API', '/s', samples.product, { target: 'connects' }),
      finding('the same verifications, library alone', '/s', samples.alone),
      finding('by API : library alone', '×', pairwiseRatios(samples.product, samples.alone)),
    ]
  },
}

/** Seconds it takes to connect so many accounts, each of a user nobody has seen before. */
async function connectMany(url: string, servers: MailServers, count: number): Promise<number> {
  const users = Array.from({ length: count }, (_, index) => ({ user: createApiUser(url), body: connectBody(servers, usernameOf(index)) }))
  const startedAt = performance.now()
  await runConcurrently(users, CONCURRENCY, async ({ user, body }) => user.call('POST', '/api/accounts', body))
  return (performance.now() - startedAt) / 1000
}

async function verifyMany({ dovecot, postfix, caCertificate }: MailServers, count: number): Promise<number> {
  const inputs = Array.from({ length: count }, (_, index): VerifyMailServersInput => {
    const login = { username: usernameOf(index), password: dovecot.password, host: MAIL_HOST }
    return {
      imap: { ...login, port: dovecot.imapsPort, tls: 'implicit' },
      smtp: { ...login, port: postfix.submissionPort, tls: 'starttls' },
    }
  })
  const settings: VerifyAloneSettings = {
    inputs,
    concurrency: CONCURRENCY,
    allowHosts: [MAIL_HOST],
    allowPorts: [dovecot.imapsPort, postfix.submissionPort],
    ca: caCertificate,
  }
  return await runInOwnProcess<number>(VERIFY_ALONE, settings)
}

/** Measured apart, because a profiler costs time itself. */
async function profile({ resources, say }: BenchmarkContext, servers: MailServers, env: Readonly<Record<string, string>>): Promise<void> {
  const profileDir = await createTemporaryFolder(resources, 'profile')
  const serving = await startServe(resources, { env, profileDir })
  await connectMany(serving.url, servers, CONNECTS)
  await serving.process.stop('SIGTERM')
  say(await describeProfile(profileDir))
}

function usernameOf(index: number): string {
  return `person${index % LOGINS}@bench.example.com`
}

function tell(say: (line: string) => void, what: string, perSecond: number): number {
  say(`${what}: ${perSecond.toFixed(1)}/s`)
  return perSecond
}
