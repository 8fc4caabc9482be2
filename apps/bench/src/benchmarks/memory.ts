import { setTimeout as delay } from 'node:timers/promises'
import type { Benchmark } from '../benchmark.ts'
import { finding, type Finding } from '../finding.ts'
import { fillMailbox } from '../mail-servers/fill-mailbox.ts'
import { connectBody, startMailServers } from '../mail-servers/start-mail-servers.ts'
import { measureFirstSync } from '../maildock/first-sync.ts'
import { startUp, type RunningUp } from '../maildock/start-up.ts'
import { forgetPeaks } from '../processes/forget-peaks.ts'
import { roleOf } from '../processes/processor-time.ts'
import { readProcessTree, sumMegabytes, type ProcessFacts } from '../processes/process-tree.ts'

const OWNER = 'owner@bench.example.com'
/** After this an idle process has done its first sweeps and collected what its start left behind. */
const SETTLE_MS = 15_000
const SAMPLE_MS = 100

/** Row 5: what each process of `maildock up` holds, idle, during a first synchronisation and after it. */
export const memory: Benchmark = {
  name: 'memory',
  summary: 'resident memory of every process of `maildock up --demo`',
  run: async (context) => {
    const { resources, say, quick } = context
    const { messages, corpus } = { messages: context.messages ?? 200, corpus: context.corpus ?? 'large' }
    const settleMs = quick ? 1_000 : SETTLE_MS
    const servers = await startMailServers(resources)
    say(`filling INBOX with ${messages} messages (${corpus})`)
    await fillMailbox(servers.dovecot, OWNER, { name: corpus, count: messages })
    const product = await startUp(resources, { env: servers.env })
    await delay(settleMs)
    const idle = await readProcessTree(product.process.pid)
    // What a start needs is not what a synchronisation needs.
    await forgetPeaks(idle.filter((facts) => roleOf(facts) === 'work').map(({ pid }) => pid))
    const during = await watchSum(product, async () => {
      const sync = await measureFirstSync({ url: product.url, body: connectBody(servers, OWNER), messages })
      if (sync.messages !== messages) throw new Error(`${sync.messages} of ${messages} messages were synchronised.`)
    })
    const peak = await readProcessTree(product.process.pid)
    await delay(settleMs)
    const after = await readProcessTree(product.process.pid)
    return describe(`${messages} ${corpus}`, { idle, peak, after, during })
  },
}

interface Looks {
  readonly idle: readonly ProcessFacts[]
  readonly peak: readonly ProcessFacts[]
  readonly after: readonly ProcessFacts[]
  /** Sums over all processes, shared pages counted once. */
  readonly during: readonly number[]
}

async function watchSum(product: RunningUp, work: () => Promise<void>): Promise<readonly number[]> {
  const sums: number[] = []
  const working = { done: false }
  const watching = (async () => {
    while (!working.done) {
      sums.push(sumMegabytes(await readProcessTree(product.process.pid)))
      await delay(SAMPLE_MS)
    }
  })()
  try {
    await work()
  } finally {
    working.done = true
    await watching
  }
  return sums
}

function describe(size: string, { idle, peak, after, during }: Looks): readonly Finding[] {
  const workers = peak.filter((facts) => roleOf(facts) === 'work').map(({ peakMegabytes }) => peakMegabytes)
  return [
    finding(`busiest worker, peak while syncing ${size}`, 'MB', [Math.max(...workers)], {
      target: 'workerPeak',
      note: 'VmHWM, parser threads included',
    }),
    ...byRole('idle', idle),
    ...byRole(`after ${size}`, after),
    finding('everything, idle', 'MB', [sumMegabytes(idle)], { note: 'sums count shared pages once (Pss)' }),
    finding(`everything, peak while syncing ${size}`, 'MB', [Math.max(...during)]),
    finding(`everything, after ${size}`, 'MB', [sumMegabytes(after)]),
  ]
}

/** A line a process of ours; one for all of PostgreSQL, whose processes share most of what they hold. */
function byRole(when: string, tree: readonly ProcessFacts[]): readonly Finding[] {
  const postgres = tree.filter((facts) => roleOf(facts) === 'postgres')
  const ours = tree.filter((facts) => !postgres.includes(facts))
  return [
    ...[...Map.groupBy(ours, roleOf)].map(([role, all]) =>
      finding(
        `${role}, ${when}`,
        'MB',
        all.map(({ residentMegabytes }) => residentMegabytes),
      ),
    ),
    finding(`postgres, ${when}`, 'MB', [sumMegabytes(postgres)], { note: `${postgres.length} processes` }),
  ]
}
