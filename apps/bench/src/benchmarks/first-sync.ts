import { join } from 'node:path'
import type { Client } from 'pg'
import type { Benchmark, BenchmarkContext } from '../benchmark.ts'
import type { CorpusName } from '../corpus/corpus.ts'
import type { Finding } from '../finding.ts'
import { fillMailbox } from '../mail-servers/fill-mailbox.ts'
import { connectBody, startMailServers, toWireSettings, type MailServers } from '../mail-servers/start-mail-servers.ts'
import { forgetAccounts, openBenchClient, startBenchDatabase } from '../maildock/bench-database.ts'
import { measureFirstSync } from '../maildock/first-sync.ts'
import { startUp, type RunningUp } from '../maildock/start-up.ts'
import { forgetPeaks } from '../processes/forget-peaks.ts'
import { runInOwnProcess } from '../processes/in-own-process.ts'
import { roleOf, spentBetween } from '../processes/processor-time.ts'
import { readProcessTree } from '../processes/process-tree.ts'
import { createTemporaryFolder } from '../processes/temporary-folder.ts'
import { describeProfile } from '../report/describe-profile.ts'
import { hasIsync } from '../report/machine.ts'
import type { ImapWireSettings } from '../rivals/imap-wire.ts'
import { createIsync } from '../rivals/isync.ts'
import { alternate, type Side } from '../statistics/alternate.ts'
import { describeCase, describeDemo, type MeasuredSync } from './first-sync-findings.ts'

const HEADER_ITEMS = '(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)'
const BODY_ITEMS = '(BODY.PEEK[])'
const RAW_FETCH = new URL('../rivals/raw-fetch.ts', import.meta.url)
const IMAPFLOW_FETCH = new URL('../rivals/imapflow-fetch.ts', import.meta.url)

/** One mailbox, and how often each side reads it. */
export interface SyncCase {
  readonly corpus: CorpusName
  readonly messages: number
  readonly rounds: number
}

const QUICK: readonly SyncCase[] = [{ corpus: 'mixed', messages: 200, rounds: 1 }]
const ALL: readonly SyncCase[] = [
  { corpus: 'mixed', messages: 1_000, rounds: 5 },
  { corpus: 'mixed', messages: 10_000, rounds: 3 },
  { corpus: 'small', messages: 100_000, rounds: 1 },
]

/** Rows 1 to 5: from connect to the first screen, the list, the sources and the end of the first synchronisation, beside others on the same mailbox. */
export const firstSync: Benchmark = {
  name: 'first-sync',
  summary: 'the first synchronisation of mailboxes on Dovecot, and of the demo mailbox',
  run: async (context) => {
    const { resources, say } = context
    const servers = await startMailServers(resources)
    const database = await startBenchDatabase(resources)
    const client = await openBenchClient(resources, database)
    say('starting the product')
    const product = await startUp(resources, { env: { ...database.env, ...servers.env } })
    const stage: Stage = { context, servers, product, client }
    const findings = [...describeDemo(await measureFirstSync({ url: product.url, body: product.demo, messages: 100 }))]
    const cases = listCases(context)
    for (const syncCase of cases) findings.push(...(await measureCase(stage, syncCase)))
    if (context.profile && cases[0] !== undefined) await profile(stage, cases[0])
    return findings
  },
}

interface Stage {
  readonly context: BenchmarkContext
  readonly servers: MailServers
  readonly product: RunningUp
  readonly client: Client
}

function listCases({ messages, corpus, rounds, quick }: BenchmarkContext): readonly SyncCase[] {
  const asked = messages !== null || corpus !== null
  const cases = asked ? [{ corpus: corpus ?? 'mixed', messages: messages ?? 1_000, rounds: 3 }] : quick ? QUICK : ALL
  return cases.map((syncCase) => ({ ...syncCase, rounds: rounds ?? syncCase.rounds }))
}

async function measureCase(stage: Stage, syncCase: SyncCase): Promise<readonly Finding[]> {
  const { context, servers } = stage
  const { corpus, messages, rounds } = syncCase
  const owner = ownerOf(syncCase)
  context.say(`filling INBOX with ${messages} messages (${corpus})`)
  const octets = await fillMailbox(servers.dovecot, owner, { name: corpus, count: messages })
  context.say(`${(octets / 1e6).toFixed(1)} MB`)
  const wire = toWireSettings(servers, owner)
  const rawFetch = async (items: string): Promise<number> => runInOwnProcess<number>(RAW_FETCH, { ...wire, items })
  // Once before it counts: Dovecot writes its indexes, and the files get into memory.
  await rawFetch(BODY_ITEMS)
  await rawFetch(HEADER_ITEMS)
  const syncs: MeasuredSync[] = []
  const samples = await alternate(
    {
      rawHeaders: async () => rawFetch(HEADER_ITEMS),
      rawBodies: async () => rawFetch(BODY_ITEMS),
      imapflow: async () => runInOwnProcess<number>(IMAPFLOW_FETCH, wire),
      isync: await isyncSide(context, servers, wire),
      product: async () => {
        const sync = await syncOnce(stage, owner, messages)
        context.say(describeRound(sync))
        syncs.push(sync)
        return sync.syncedAfter
      },
    },
    rounds,
  )
  return describeCase({ corpus, messages, syncs, samples })
}

/** What the product needs for it, and holds at most. The database is empty before. */
async function syncOnce({ servers, product, client }: Stage, owner: string, messages: number): Promise<MeasuredSync> {
  await forgetAccounts(client)
  const before = await readProcessTree(process.pid)
  const workers = before.filter((facts) => roleOf(facts) === 'work').map(({ pid }) => pid)
  await forgetPeaks(workers)
  const sync = await measureFirstSync({ url: product.url, body: connectBody(servers, owner), messages, database: client })
  if (sync.messages !== messages) throw new Error(`${sync.messages} of ${messages} messages were synchronised.`)
  const after = await readProcessTree(process.pid)
  const peaks = after.filter(({ pid }) => workers.includes(pid)).map(({ peakMegabytes }) => peakMegabytes)
  if (peaks.length !== workers.length) throw new Error('A worker ended while it was measured.')
  return { ...sync, spent: spentBetween(before, after), peakMegabytes: Math.max(...peaks) }
}

function describeRound({ screenAfter, stepsAfter, syncedAfter, peakMegabytes }: MeasuredSync): string {
  const steps = Object.entries(stepsAfter).map(([step, seconds]) => `${step} ${seconds.toFixed(2)} s`)
  return `screen ${screenAfter.toFixed(2)} s, ${steps.join(', ')}, synced ${syncedAfter.toFixed(2)} s, ${peakMegabytes.toFixed(0)} MB`
}

/** Measured apart, because a profiler costs time itself. */
async function profile({ context: { resources, say }, servers }: Stage, syncCase: SyncCase): Promise<void> {
  const profileDir = await createTemporaryFolder(resources, 'profile')
  const product = await startUp(resources, { env: servers.env, profileDir })
  await measureFirstSync({ url: product.url, body: connectBody(servers, ownerOf(syncCase)), messages: syncCase.messages })
  await product.process.stop('SIGTERM')
  say(await describeProfile(profileDir))
}

function ownerOf({ corpus, messages }: SyncCase): string {
  return `${corpus}${messages}@bench.example.com`
}

async function isyncSide({ resources, say }: BenchmarkContext, { caFile }: MailServers, wire: ImapWireSettings): Promise<Side> {
  if (!(await hasIsync())) {
    say('isync is not installed (apt-get install isync): it is left out')
    return async () => Number.NaN
  }
  const isync = createIsync({ ...wire, caFile, folder: join(await createTemporaryFolder(resources, 'isync'), 'run') })
  return async () => {
    const seconds = await isync.pull()
    await isync.clear()
    return seconds
  }
}
