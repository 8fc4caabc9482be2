import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { Benchmark } from '../benchmark.ts'
import { finding, type Finding } from '../finding.ts'
import { deliverByLmtp } from '../mail-servers/deliver-by-lmtp.ts'
import { toWireSettings } from '../mail-servers/start-mail-servers.ts'
import { listNames, openAccountStage, type AccountStage, type ConnectedAccount } from '../maildock/account-stage.ts'
import { listenForMessages, type MessageListener } from '../maildock/listen-for-messages.ts'
import { openBareIdle, type BareIdle } from '../rivals/bare-idle.ts'
import { percentile } from '../statistics/statistics.ts'
import type { TargetName } from '../targets.ts'

const SIZES = { all: { accounts: 20, rounds: 5 }, quick: { accounts: 3, rounds: 1 } } as const
/** How long nothing happens in a mailbox before a message that finds it quiet. */
const QUIET_MS = { least: 8_000, most: 14_000 } as const
const NEXT_AFTER_MS = 3_000
const DEADLINE_MS = 120_000

/** Rows 12 and 13: new mail until it is committed and announced, beside what the server needs to tell a client that idles. */
export const latency: Benchmark = {
  name: 'latency',
  summary: 'new mail by LMTP → stored and announced: in a quiet mailbox, and 3 s after the message before',
  run: async (context) => {
    const { accounts, rounds } = SIZES[context.quick ? 'quick' : 'all']
    const stage = await openAccountStage(context)
    const listener = await listenForMessages(stage.client)
    stage.startWork({ processes: availableParallelism() })
    const connected = await stage.connect(listNames(context.accounts ?? accounts))
    await stage.untilSynced(connected.length)
    await stage.untilIdle(connected.length)
    context.say(`delivering ${2 * (context.rounds ?? rounds)} messages to each of ${connected.length} accounts`)
    const all = await Promise.all(
      connected.map(async (account) => followAccount(context.resources, { stage, listener, account, rounds: context.rounds ?? rounds })),
    )
    const samples = all.flat()
    return [...describe('quiet', samples, { 50: 'newMailMedian', 95: 'newMailP95' }), ...describe('next', samples, { 95: 'nextMailP95' })]
  },
}

interface Sample {
  readonly moment: 'quiet' | 'next'
  readonly announcedMs: number
  /** Until a bare client in IDLE was told by the server. */
  readonly floorMs: number
}

interface Followed {
  readonly stage: AccountStage
  readonly listener: MessageListener
  readonly account: ConnectedAccount
  readonly rounds: number
}

/** Delivers at random quiet moments, each time once more three seconds later. */
async function followAccount(resources: AsyncDisposableStack, { rounds, ...followed }: Followed): Promise<readonly Sample[]> {
  const idle = resources.use(await openBareIdle(toWireSettings(followed.stage.servers, followed.account.username)))
  const samples: Sample[] = []
  for (let round = 0; round < rounds; round += 1) {
    await delay(QUIET_MS.least + Math.random() * (QUIET_MS.most - QUIET_MS.least))
    samples.push(await measureOne(followed, idle, 'quiet'))
    await delay(NEXT_AFTER_MS)
    samples.push(await measureOne(followed, idle, 'next'))
  }
  return samples
}

async function measureOne(
  { stage, listener, account }: Omit<Followed, 'rounds'>,
  idle: BareIdle,
  moment: Sample['moment'],
): Promise<Sample> {
  const messageIdHeader = `<${randomUUID()}@bench.example>`
  const [handedOverAt, announcedAt, toldAt] = await Promise.all([
    deliverByLmtp(stage.servers.dovecot.lmtpSocket, { username: account.username, messageIdHeader }),
    listener.untilAnnounced({ accountId: account.id, messageIdHeader }, DEADLINE_MS),
    idle.untilTold(DEADLINE_MS),
  ])
  return { moment, announcedMs: announcedAt - handedOverAt, floorMs: toldAt - handedOverAt }
}

const MOMENTS = { quiet: 'quiet mailbox', next: '3 s after the message before' } as const

function describe(moment: Sample['moment'], all: readonly Sample[], targets: Readonly<Record<number, TargetName>>): readonly Finding[] {
  const samples = all.filter((sample) => sample.moment === moment)
  const note = `of ${samples.length} messages`
  const above = samples.map(({ announcedMs, floorMs }) => announcedMs - floorMs)
  return [50, 95, 99].flatMap((percent) => {
    const at = (values: readonly number[]): readonly number[] => [percentile(values, percent)]
    const name = `${MOMENTS[moment]}, p${percent}`
    return [
      finding(name, 'ms', at(samples.map(({ announcedMs }) => announcedMs)), { target: targets[percent], note }),
      finding(`${name}: the server tells a bare client in IDLE`, 'ms', at(samples.map(({ floorMs }) => floorMs))),
      finding(`${name}: what is ours, message by message`, 'ms', at(above)),
    ]
  })
}
