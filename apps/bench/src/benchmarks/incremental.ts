import { join } from 'node:path'
import type { Benchmark } from '../benchmark.ts'
import { finding, type Finding } from '../finding.ts'
import { fillMailbox } from '../mail-servers/fill-mailbox.ts'
import { toWireSettings } from '../mail-servers/start-mail-servers.ts'
import { openAccountStage } from '../maildock/account-stage.ts'
import type { IncrementalSamples, IncrementalSettings } from '../maildock/incremental-rounds.ts'
import { runInOwnProcess } from '../processes/in-own-process.ts'
import { createTemporaryFolder } from '../processes/temporary-folder.ts'
import { hasIsync } from '../report/machine.ts'
import { pairwiseRatios } from '../statistics/statistics.ts'

const SIZES = { all: { messages: 100_000, rounds: 15 }, quick: { messages: 1_000, rounds: 3 } } as const
const INCREMENTAL_ROUNDS = new URL('../maildock/incremental-rounds.ts', import.meta.url)

/** Rows 6 and 7: a pass over a large mailbox in which nothing changed, and one flag, beside the barest of clients and isync. */
export const incremental: Benchmark = {
  name: 'incremental',
  summary: 'a pass over a mailbox that is known, in which nothing changed, or one flag',
  run: async (context) => {
    const { resources, say, quick } = context
    const size = SIZES[quick ? 'quick' : 'all']
    const messages = context.messages ?? size.messages
    const corpus = context.corpus ?? 'small'
    const stage = await openAccountStage(context)
    say(`filling INBOX with ${messages} messages (${corpus})`)
    const username = `owner@${stage.domain}`
    await fillMailbox(stage.servers.dovecot, username, { name: corpus, count: messages })
    say('synchronising it once')
    const worker = stage.startWork({ processes: 1 })
    const [account] = await stage.connect(['owner'])
    await stage.untilSynced(1, messages)
    // The engine runs alone from here on: no watcher sees the change first.
    await worker.stop('SIGTERM')
    const settings: IncrementalSettings = {
      connectionString: stage.connectionString,
      accountId: account?.id ?? '',
      userId: account?.userId ?? '',
      wire: toWireSettings(stage.servers, username),
      caFile: stage.servers.caFile,
      certificate: stage.servers.certificate,
      isyncFolder: (await hasIsync()) ? join(await createTemporaryFolder(resources, 'isync'), 'run') : null,
      messages,
      rounds: context.rounds ?? size.rounds,
    }
    say('measuring')
    return describe(`${messages} ${corpus}`, await runInOwnProcess<IncrementalSamples>(INCREMENTAL_ROUNDS, settings))
  },
}

function describe(size: string, { unchanged, flagChange }: IncrementalSamples): readonly Finding[] {
  const octets = 'both directions, inside TLS'
  return [
    finding(`${size}, unchanged: pass over an open connection : raw QRESYNC`, '×', pairwiseRatios(unchanged.open, unchanged.select), {
      target: 'unchangedToSelect',
      note: 'a pass asks for all mailboxes, raw opens INBOX alone',
    }),
    finding(`${size}, unchanged: pass over an open connection`, 'octets', unchanged.openOctets, {
      target: 'unchangedOctets',
      note: octets,
    }),
    finding(`${size}, unchanged: pass over an open connection`, 'ms', unchanged.open),
    finding(`${size}, unchanged: pass over a new connection`, 'ms', unchanged.fresh),
    finding(`${size}, unchanged: pass over a new connection`, 'octets', unchanged.freshOctets),
    finding(`${size}, unchanged: raw QRESYNC`, 'ms', unchanged.select),
    finding(`${size}, unchanged: raw QRESYNC`, 'octets', unchanged.selectOctets),
    ...(unchanged.isync.length === 0 ? [] : [finding(`${size}, unchanged: isync`, 'ms', unchanged.isync)]),
    finding(`${size}, one flag: pass until committed : raw QRESYNC`, '×', pairwiseRatios(flagChange.open, flagChange.select), {
      target: 'flagChangeToSelect',
    }),
    finding(`${size}, one flag: pass until committed`, 'ms', flagChange.open),
    finding(`${size}, one flag: raw QRESYNC`, 'ms', flagChange.select),
  ]
}
