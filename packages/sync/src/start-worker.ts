import { JOBS, type JobName, type Logger } from '@maildock/core'
import { beatWorker, forgetWorkers, openPool } from '@maildock/db'
import { openParser, type EgressPolicy, type Parser } from '@maildock/mail'
import { createOutbox, openSmtpDelivery, type Outbox } from '@maildock/outbox'
import type { Vault } from '@maildock/vault'
import type { TaskList } from 'graphile-worker'
import type { Pool } from 'pg'
import { SourceMemory } from './ingest/source-memory.ts'
import { startJobQueue, type JobQueue } from './job-queue.ts'
import { HostGate } from './hosts/host-gate.ts'
import { createSharedHosts, forgetHosts } from './hosts/host-store.ts'
import { repeat } from './repeat.ts'
import { recallAccounts } from './tasks/recall-accounts.ts'
import { runSyncJob, type SyncJobContext } from './tasks/run-sync-job.ts'
import { purgeOrphans, sweepAccounts, tellLongFailures } from './tasks/sweep-accounts.ts'
import { sweepSentCopies } from './tasks/sweep-sent-copies.ts'
import { DEAD_AFTER_MS, sweepWorkers } from './tasks/sweep-workers.ts'
import { startWatchers, type Watchers } from './watch/start-watchers.ts'

/** What a worker works with, and how much at once. */
export interface WorkerOptions {
  readonly connectionString: string
  readonly vault: Vault
  readonly egress: EgressPolicy
  readonly logger: Logger
  /** Accounts synchronised at once. Default 4. */
  readonly concurrency?: number
  /** Threads that read messages. Default: one less than the cores. */
  readonly parserThreads?: number
  /** Time a job may take before it hands over to a next one. Default 45 s. */
  readonly sliceMs?: number
  /** Default 4 s. */
  readonly heartbeatMs?: number
  /** Pause between looks for dead workers. Default 5 s: with the silence below, a killed worker's accounts are resumed within 30 s. */
  readonly sweepWorkersMs?: number
  /** Silence after which a worker counts as dead. Default 20 s. */
  readonly deadAfterMs?: number
  /** Pause between looks for accounts that are due. Default 15 s. */
  readonly sweepAccountsMs?: number
  /** Connections that wait for news (IDLE), at most; one for each account first. Default 0: none; new mail is found by the sweep. */
  readonly watchLimit?: number
  /** Pause between looks at who watches what. Default 3 s. */
  readonly watchTurnMs?: number
  /** Pause between two checks of all mailboxes of a watched account. Default 270 s. */
  readonly watchCheckMs?: number
}

/** A running worker. Disposing stops it: jobs end or are handed back, leases and connections are given up, within 15 s. */
export interface Worker extends AsyncDisposable {
  /** The id under which it beats and holds jobs. */
  readonly id: string
  /** Connections that wait for news at the moment. */
  readonly watching: number
  /** Resolves when it has stopped; rejects when the queue gave up by itself. */
  readonly stopped: Promise<void>
}

/**
 * A transaction that says nothing for so long belongs to a process that is frozen; nothing of ours waits inside one. PostgreSQL ends it, and with
 * it the locks that would keep the heir from the account (faults G3, G4).
 */
const FROZEN_AFTER_MS = 10_000
const DEFAULT_SLICE_MS = 45_000
/** How late a job may start whose time has come, or whose announcement was lost. */
const LOOK_FOR_JOBS_MS = 1_000
/** Of all watchers together: they use one while there is news. */
const WATCH_CONNECTIONS = 6
/** A silent worker's watches are taken over sooner than its jobs: two that watch do no harm. */
const WATCH_TAKEOVER_MS = 10_000

/** Starts a worker in this process. Any number may run against one database; the queue and the leases are all they share. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { logger, concurrency = 4 } = options
  const stack = new AsyncDisposableStack()
  const pool = openWorkerPool(options, 'maildock-sync', concurrency * 2 + 3)
  stack.defer(async () => pool.end())
  // A pool of its own: jobs that wait for connections must not keep the queue from its own, nor the heartbeat.
  const queuePool = openWorkerPool(options, 'maildock-queue', 5)
  stack.defer(async () => queuePool.end())
  const parser = stack.use(openParser({ logger, ...(options.parserThreads === undefined ? {} : { threads: options.parserThreads }) }))
  const stopping = new AbortController()
  const hosts = createHostGate(queuePool, logger)
  const { vault, egress, sliceMs = DEFAULT_SLICE_MS } = options
  const memory = new SourceMemory()
  const context = { pool, parser, memory, logger, hosts, vault, egress, sliceMs, signal: stopping.signal }
  const queue = startJobQueue(
    { pool: queuePool, concurrency, logger },
    createTasks(() => ({ ...context, workerId: queue.id })),
  )
  stack.defer(async () => forgetWorkers(queuePool, [queue.id]))
  for (const { name, intervalMs, turn } of listTurns(options, { queue, queuePool, pool, hosts })) {
    stack.use(repeat({ name, intervalMs, logger }, turn))
  }
  const outbox = startOutbox(options)
  const running = new AsyncDisposableStack()
  // Last in, first out: it beats until its jobs and watches have ended.
  stack.defer(async () => void (await Promise.all([stopQueue(queue, stopping), running.disposeAsync(), outbox[Symbol.asyncDispose]()])))
  let watchers: Watchers | null
  try {
    watchers = running.use(await startWatching(options, { parser, memory, hosts, workerId: queue.id, stack: running }))
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
  return {
    id: queue.id,
    get watching() {
      return watchers?.watching ?? 0
    },
    stopped: queue.stopped,
    [Symbol.asyncDispose]: async () => stack.disposeAsync(),
  }
}

/** Connections that send what is due share. */
const OUTBOX_CONNECTIONS = 4

/** Sends what is due, until disposed. */
function startOutbox(options: WorkerOptions): AsyncDisposable {
  const { vault, egress, logger } = options
  const stack = new AsyncDisposableStack()
  const pool = openWorkerPool(options, 'maildock-outbox', OUTBOX_CONNECTIONS)
  stack.defer(async () => pool.end())
  const { deliver } = stack.use(openSmtpDelivery({ vault, egress }))
  const outbox = createOutbox({ pool, deliver, logger })
  for (const { name, intervalMs, turn } of listOutboxTurns(outbox)) {
    stack.use(repeat({ name, intervalMs, logger }, turn))
  }
  // Last in, first out: a turn that waits for attempts ends with them.
  stack.use(outbox)
  return stack
}

function listOutboxTurns(outbox: Outbox): readonly Turn[] {
  return [
    { name: 'outbox', intervalMs: 1_000, turn: async () => outbox.turn() },
    { name: 'outbox_claims', intervalMs: 5_000, turn: async () => outbox.recover() },
    { name: 'reports', intervalMs: 2_000, turn: async () => outbox.readReports() },
    { name: 'kept_messages', intervalMs: 60_000, turn: async () => outbox.forget() },
  ]
}

function openWorkerPool({ connectionString, logger }: WorkerOptions, applicationName: string, maxConnections: number): Pool {
  return openPool({ connectionString, applicationName, maxConnections, logger, idleInTransactionTimeoutMs: FROZEN_AFTER_MS })
}

/** One for all jobs and watches of this process, and what it learns is for all processes. */
function createHostGate(pool: Pool, logger: Logger): HostGate {
  const hosts = new HostGate({ logger, shared: createSharedHosts(pool) })
  const recall = async (host: string): Promise<void> => {
    try {
      logger.info({ accounts: await recallAccounts(pool, host) }, 'A mail server is back; accounts that wait for it are tried soon.')
    } catch (error) {
      logger.warn(
        { error: error instanceof Error ? error.name : 'unknown' },
        'Accounts of a mail server that is back come when it is their turn.',
      )
    }
  }
  hosts.onRecovered = (host) => void recall(host)
  return hosts
}

interface WatchOptions {
  readonly parser: Parser
  readonly hosts: HostGate
  readonly memory: SourceMemory
  readonly workerId: string
  readonly stack: AsyncDisposableStack
}

/** Watchers have connections of their own: a burst of news must not keep jobs from theirs. */
async function startWatching(options: WorkerOptions, { parser, memory, hosts, workerId, stack }: WatchOptions): Promise<Watchers | null> {
  const { connectionString, vault, egress, logger, watchLimit = 0, watchTurnMs, watchCheckMs, deadAfterMs } = options
  if (watchLimit === 0) {
    return null
  }
  const pool = openWorkerPool(options, 'maildock-watch', WATCH_CONNECTIONS)
  stack.defer(async () => pool.end())
  // Who does not beat yet cannot claim.
  await beatWorker(pool, workerId)
  const silentForMs = deadAfterMs === undefined ? undefined : Math.min(deadAfterMs, WATCH_TAKEOVER_MS)
  return startWatchers({
    connectionString,
    pool,
    vault,
    egress,
    parser,
    memory,
    logger,
    hosts,
    workerId,
    limit: watchLimit,
    silentForMs,
    turnMs: watchTurnMs,
    checkAfterMs: watchCheckMs,
  })
}

/** The tasks by the names of JOBS. Payloads come out of a table: they are parsed, not believed. */
function createTasks(getContext: () => SyncJobContext): TaskList {
  const tasks: Record<JobName, (payload: unknown) => Promise<void>> = {
    sync_account: async (payload) => runSyncJob(getContext(), JOBS.sync_account.parse(payload)),
    sweep_accounts: async () => void (await sweepAccounts(getContext().pool)),
    sweep_workers: async () => void (await sweepWorkers(getContext().pool)),
  }
  return tasks
}

interface Turn {
  readonly name: string
  readonly intervalMs: number
  readonly turn: () => Promise<unknown>
}

function listTurns(
  options: WorkerOptions,
  { queue, queuePool, pool, hosts }: { queue: JobQueue; queuePool: Pool; pool: Pool; hosts: HostGate },
): readonly Turn[] {
  const deadAfterMs = options.deadAfterMs ?? DEAD_AFTER_MS
  return [
    { name: 'look_for_jobs', intervalMs: LOOK_FOR_JOBS_MS, turn: async () => queue.look() },
    { name: 'heartbeat', intervalMs: options.heartbeatMs ?? 4_000, turn: async () => beatWorker(queuePool, queue.id) },
    {
      name: 'sweep_workers',
      intervalMs: options.sweepWorkersMs ?? 5_000,
      turn: async () => reportDead(options.logger, await sweepWorkers(queuePool, deadAfterMs)),
    },
    { name: 'sweep_accounts', intervalMs: options.sweepAccountsMs ?? 15_000, turn: async () => sweepAccounts(queuePool) },
    { name: 'sweep_sent_copies', intervalMs: 2_000, turn: async () => sweepSentCopies(queuePool) },
    { name: 'tell_long_failures', intervalMs: 15_000, turn: async () => tellLongFailures(pool) },
    { name: 'purge_orphans', intervalMs: 600_000, turn: async () => purgeOrphans(pool) },
    { name: 'mail_hosts', intervalMs: 3_000, turn: async () => hosts.refresh() },
    { name: 'forget_hosts', intervalMs: 3_600_000, turn: async () => forgetHosts(pool) },
  ]
}

function reportDead(logger: Logger, workerIds: readonly string[]): void {
  if (workerIds.length > 0) {
    logger.warn({ workerIds }, 'Workers died; their jobs were given back to the queue.')
  }
}

/** Ends the jobs at once: what a batch has begun is finished or rolled back, and a next job goes on from there. */
async function stopQueue(queue: JobQueue, stopping: AbortController): Promise<void> {
  stopping.abort(new Error('The worker stops.'))
  await queue.stop()
}
