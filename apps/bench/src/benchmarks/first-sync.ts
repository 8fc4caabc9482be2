import { join } from 'node:path'
import type { Benchmark, BenchmarkContext } from '../benchmark.ts'
import { finding, type Finding } from '../finding.ts'
import { fillMailbox } from '../mail-servers/fill-mailbox.ts'
import { connectBody, startMailServers, toWireSettings, type MailServers } from '../mail-servers/start-mail-servers.ts'
import { measureFirstSync, type FirstSync } from '../maildock/first-sync.ts'
import { startUp } from '../maildock/start-up.ts'
import { runInOwnProcess } from '../processes/in-own-process.ts'
import { spentBetween } from '../processes/processor-time.ts'
import { readProcessTree } from '../processes/process-tree.ts'
import { createTemporaryFolder } from '../processes/temporary-folder.ts'
import { describeProfile } from '../report/describe-profile.ts'
import { hasIsync } from '../report/machine.ts'
import { runIsync } from '../rivals/isync.ts'
import type { ImapWireSettings } from '../rivals/imap-wire.ts'
import { alternate, type Side } from '../statistics/alternate.ts'
import { pairwiseRatios } from '../statistics/statistics.ts'

const ROUNDS = 3
const OWNER = 'owner@bench.example.com'
const HEADER_ITEMS = '(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)'
const BODY_ITEMS = '(BODY.PEEK[])'
const RAW_FETCH = new URL('../rivals/raw-fetch.ts', import.meta.url)
const IMAPFLOW_FETCH = new URL('../rivals/imapflow-fetch.ts', import.meta.url)

/** Rows 1 to 4: from connect to the first screen and to the end of the first synchronisation, beside others on the same mailbox. */
export const firstSync: Benchmark = {
  name: 'first-sync',
  summary: 'the first synchronisation of a mailbox on Dovecot, and of the demo mailbox',
  run: async (context) => {
    const { resources, say, messages, corpus } = context
    const servers = await startMailServers(resources)
    const wire = toWireSettings(servers, OWNER)
    say(`filling INBOX with ${messages} messages (${corpus})`)
    const octets = await fillMailbox(wire, { name: corpus, count: messages })
    say(`${(octets / 1e6).toFixed(1)} MB; starting the product`)
    const product = await startUp(resources, { env: servers.env })
    const demo = await measureFirstSync({ url: product.url, body: product.demo, messages: 100 })
    // Once before it counts: Dovecot writes its indexes, the pages get into memory, and the product's parser threads start.
    await runInOwnProcess<number>(RAW_FETCH, { ...wire, items: BODY_ITEMS })
    await runInOwnProcess<number>(RAW_FETCH, { ...wire, items: HEADER_ITEMS })
    const syncs: MeasuredSync[] = []
    const samples = await alternate(
      {
        rawHeaders: async () => runInOwnProcess<number>(RAW_FETCH, { ...wire, items: HEADER_ITEMS }),
        rawBodies: async () => runInOwnProcess<number>(RAW_FETCH, { ...wire, items: BODY_ITEMS }),
        imapflow: async () => runInOwnProcess<number>(IMAPFLOW_FETCH, wire),
        isync: await isyncSide(context, servers, wire),
        product: async () => {
          const before = await readProcessTree(product.process.pid)
          const sync = await measureFirstSync({ url: product.url, body: connectBody(servers, OWNER), messages })
          if (sync.messages !== messages) throw new Error(`${sync.messages} of ${messages} messages were synchronised.`)
          const spent = spentBetween(before, await readProcessTree(product.process.pid))
          say(`screen ${sync.screenAfter.toFixed(2)} s, synced ${sync.syncedAfter.toFixed(2)} s`)
          syncs.push({ ...sync, spent })
          return sync.syncedAfter
        },
      },
      context.rounds ?? ROUNDS,
    )
    if (context.profile) await profile(context, servers)
    return [...describeDemo(demo), ...describe(context, syncs, samples)]
  },
}

/** A synchronisation with the processor time it took, by process. */
interface MeasuredSync extends FirstSync {
  readonly spent: ReadonlyMap<string, number>
}

function describeDemo({ connectedAfter, screenAfter, syncedAfter }: FirstSync): readonly Finding[] {
  return [
    finding('demo mailbox: connect answered', 's', [connectedAfter]),
    finding('demo mailbox: connect → first 50 readable', 's', [screenAfter], { note: 'the first account of a new installation' }),
    finding('demo mailbox: connect → synced', 's', [syncedAfter]),
  ]
}

type SideName = 'rawHeaders' | 'rawBodies' | 'imapflow' | 'isync' | 'product'

function describe(
  { corpus, messages }: BenchmarkContext,
  syncs: readonly MeasuredSync[],
  samples: Readonly<Record<SideName, readonly number[]>>,
): readonly Finding[] {
  const size = `${messages} ${corpus}`
  const { product, rawBodies, rawHeaders, imapflow, isync } = samples
  const mixed = corpus === 'mixed'
  const isyncThere = isync.every((seconds) => !Number.isNaN(seconds))
  return [
    finding(
      `${size}: connect → first 50 readable`,
      's',
      syncs.map(({ screenAfter }) => screenAfter),
      { target: 'firstScreen' },
    ),
    finding(`${size}: connect → synced`, 's', product),
    finding('raw headers : synced', '×', pairwiseRatios(rawHeaders, product), {
      ...(mixed ? { target: 'metadataToRawHeaders' } : {}),
      note: 'metadata is complete when everything is: there is no pass of its own for it',
    }),
    finding('raw bodies : synced', '×', pairwiseRatios(rawBodies, product), { target: mixed ? 'syncToRawBodies' : 'smallToRawBodies' }),
    ...(mixed
      ? [
          finding('raw bodies : synced with attachments listed', '×', pairwiseRatios(rawBodies, product), {
            target: 'searchableToRawBodies',
            note: 'the full-text index and threads of row 3b are not there yet',
          }),
        ]
      : []),
    ...(isyncThere
      ? [
          finding('isync : synced', '×', pairwiseRatios(isync, product), mixed ? { target: 'syncToIsync' } : {}),
          finding('isync to Maildir', 's', isync),
        ]
      : []),
    finding('raw headers and structure', 's', rawHeaders),
    finding('raw bodies', 's', rawBodies),
    finding('imapflow, all fields, nothing stored', 's', imapflow),
    finding(
      'connect answered',
      's',
      syncs.map(({ connectedAfter }) => connectedAfter),
    ),
    ...describeSpent(syncs),
  ]
}

/** Measured apart, because a profiler costs time itself. */
async function profile({ resources, say, messages }: BenchmarkContext, servers: MailServers): Promise<void> {
  const profileDir = await createTemporaryFolder(resources, 'profile')
  const product = await startUp(resources, { env: servers.env, profileDir })
  await measureFirstSync({ url: product.url, body: connectBody(servers, OWNER), messages })
  await product.process.stop('SIGTERM')
  say(await describeProfile(profileDir))
}

/** Processor time: what the noise of a shared machine changes least. */
function describeSpent(syncs: readonly MeasuredSync[]): readonly Finding[] {
  const roles = ['work', 'postgres', 'up'] as const
  return roles.map((role) =>
    finding(
      `processor time of a sync: ${role}`,
      's',
      syncs.map(({ spent }) => spent.get(role) ?? 0),
    ),
  )
}

async function isyncSide({ resources, say }: BenchmarkContext, { caFile }: MailServers, wire: ImapWireSettings): Promise<Side> {
  if (!(await hasIsync())) {
    say('isync is not installed (apt-get install isync): it is left out')
    return async () => Number.NaN
  }
  const folder = join(await createTemporaryFolder(resources, 'isync'), 'run')
  return async () => runIsync({ ...wire, caFile, folder })
}
