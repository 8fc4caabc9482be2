import { EventEmitter } from 'node:events'
import type { Logger } from '@maildock/core'
import { runTaskList, type TaskList, type WorkerEvents } from 'graphile-worker'
import type { Pool } from 'pg'
import { createQueueLogger } from './queue-logger.ts'

export interface JobQueueOptions {
  readonly pool: Pool
  /** Jobs at once. */
  readonly concurrency: number
  readonly logger: Logger
}

/** The queue of this process. */
export interface JobQueue {
  /** Under which it holds jobs. */
  readonly id: string
  /** Resolves when it has stopped; rejects when it gave up by itself. */
  readonly stopped: Promise<void>
  /** Looks for jobs whose time has come, unless it stops. One query where there is none. */
  look(): void
  /** Takes no more jobs, and resolves when those under way have ended, or were given up. */
  stop(): Promise<void>
}

/**
 * Of each slot, by itself. New jobs are announced, and `look` finds those whose time has come and those whose announcement was lost
 * (graphile/worker#225). So this is for nothing we know of.
 */
const POLL_INTERVAL_MS = 30_000
/** A job that does not react to the abort is given up after this. */
const STOP_DEADLINE_MS = 12_000

/**
 * Starts taking jobs. A slot that finds one has the next slot look as well: so one look starts all that is due, and costs one query when nothing
 * is, where slots that poll cost one each.
 */
export function startJobQueue({ pool, concurrency, logger }: JobQueueOptions, tasks: TaskList): JobQueue {
  const events: WorkerEvents = new EventEmitter()
  // No local queue: a slice takes up to a minute, and a job that waits in one process while another is idle waits for nothing.
  // Signals are the application's.
  const queue = runTaskList(
    { pgPool: pool, concurrency, pollInterval: POLL_INTERVAL_MS, noHandleSignals: true, logger: createQueueLogger(logger), events },
    tasks,
    pool,
  )
  let stopping = false
  // Also by itself, for a schema it does not know: a slot that has ended must not be asked to look.
  events.on('pool:gracefulShutdown', () => {
    stopping = true
  })
  const look = (): void => {
    if (!stopping) queue.nudge(1)
  }
  events.on('job:start', look)
  queue.promise.catch((error: unknown) => {
    logger.error({ error: error instanceof Error ? error.name : 'unknown' }, 'The job queue of this worker has stopped with an error.')
  })
  return {
    id: queue.id,
    stopped: queue.promise,
    look,
    stop: async () => {
      stopping = true
      const deadline = setTimeout(() => {
        logger.warn({}, 'A job did not stop in time; it is given up.')
        void Promise.allSettled([queue.forcefulShutdown('The worker stops.')])
      }, STOP_DEADLINE_MS)
      // How the queue ended is told by `stopped`; here it only matters that it did.
      await Promise.allSettled([queue.gracefulShutdown('The worker stops.')])
      clearTimeout(deadline)
    },
  }
}
