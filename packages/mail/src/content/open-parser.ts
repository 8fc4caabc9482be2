import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { silentLogger, type Logger } from '@maildock/core'
import type { ParseReply, ParseRequest } from './parser-thread.ts'
import { prepareUnreadable, type PreparedContent } from './prepare-content.ts'

export interface ParserOptions {
  /** Default: one less than the cores, at least one. */
  readonly threads?: number
  /** Time a message may take, once its thread runs. Default 5 s. */
  readonly deadlineMs?: number
  /** Heap of a thread; sources are held outside of it. Default 256. */
  readonly heapMegabytes?: number
  readonly logger?: Logger
  /** The module a thread runs. Replaced by tests that let a thread hang or die. */
  readonly threadModule?: URL
}

/** Reads messages in threads of its own. */
export interface Parser extends AsyncDisposable {
  /**
   * Prepares a message for storing. Never rejects for a message's sake: one that takes too long, too much memory or fails to be
   * read comes back with `message: null` and its source as it is. Rejects when the parser was disposed.
   */
  parse(source: Uint8Array): Promise<PreparedContent>
}

interface Task {
  readonly source: Uint8Array
  readonly resolve: (content: PreparedContent) => void
  readonly reject: (error: Error) => void
}

/** To load the modules of a thread. On a busy machine that takes longer than most messages. */
const START_DEADLINE_MS = 30_000

interface Thread {
  readonly worker: Worker
  ready: boolean
  task: Task | null
  timer: NodeJS.Timeout | null
}

/**
 * Opens a pool of parser threads, started when first needed. The thread that holds connections never parses: a hostile message costs
 * one thread its life, and nobody else a millisecond (design.md, "Raw first").
 */
export function openParser(options: ParserOptions = {}): Parser {
  const { deadlineMs = 5_000, heapMegabytes = 256, logger = silentLogger } = options
  const limit = options.threads ?? Math.max(1, availableParallelism() - 1)
  const module = options.threadModule ?? new URL('./parser-thread.ts', import.meta.url)
  const threads = new Set<Thread>()
  const idle: Thread[] = []
  const waiting: Task[] = []
  const state = { disposed: false, requests: 0 }

  const finish = (thread: Thread, content: PreparedContent): void => {
    const { task } = thread
    if (thread.timer !== null) {
      clearTimeout(thread.timer)
    }
    thread.task = null
    thread.timer = null
    task?.resolve(content)
  }

  /** The thread is lost or must be: its message stays unread. */
  const abandon = (thread: Thread, reason: string): void => {
    if (!threads.delete(thread)) {
      return
    }
    removeFrom(idle, thread)
    void thread.worker.terminate()
    if (thread.task !== null) {
      logger.warn({ reason, octets: thread.task.source.length }, 'A message could not be read; it is stored as it is.')
      finish(thread, prepareUnreadable(thread.task.source))
    }
    dispatch()
  }

  const limitTime = (thread: Thread): void => {
    if (thread.timer !== null) {
      clearTimeout(thread.timer)
    }
    thread.timer = setTimeout(() => abandon(thread, 'deadline'), thread.ready ? deadlineMs : START_DEADLINE_MS)
  }

  const start = (): Thread => {
    const worker = new Worker(module, { resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: 32 } })
    const thread: Thread = { worker, ready: false, task: null, timer: null }
    worker.unref()
    worker.on('message', (reply: ParseReply) => {
      if (thread.task === null || !threads.has(thread)) {
        return
      }
      if ('ready' in reply) {
        thread.ready = true
        limitTime(thread)
        return
      }
      if ('failure' in reply) {
        logger.warn({ reason: reply.failure, octets: thread.task.source.length }, 'A message could not be read; it is stored as it is.')
      }
      const { source } = thread.task
      finish(thread, 'failure' in reply ? prepareUnreadable(source) : { ...reply.content, raw: reply.content.raw ?? source })
      idle.push(thread)
      dispatch()
    })
    worker.on('error', (error) => abandon(thread, error.name))
    worker.on('exit', () => abandon(thread, 'exit'))
    threads.add(thread)
    return thread
  }

  const dispatch = (): void => {
    while (waiting.length > 0 && !state.disposed) {
      const thread = idle.pop() ?? (threads.size < limit ? start() : undefined)
      const task = thread === undefined ? undefined : waiting.shift()
      if (thread === undefined || task === undefined) {
        return
      }
      state.requests += 1
      thread.task = task
      limitTime(thread)
      // Copied, not transferred: should the thread die, the source is still here.
      thread.worker.postMessage({ id: state.requests, source: task.source, now: new Date() } satisfies ParseRequest, [])
    }
  }

  return {
    parse: (source) =>
      new Promise((resolve, reject) => {
        if (state.disposed) {
          reject(new Error('The parser is closed.'))
          return
        }
        waiting.push({ source, resolve, reject })
        dispatch()
      }),
    [Symbol.asyncDispose]: async () => {
      state.disposed = true
      const closed = new Error('The parser is closed.')
      for (const task of waiting.splice(0)) {
        task.reject(closed)
      }
      const ended = [...threads].map(async (thread) => {
        threads.delete(thread)
        if (thread.timer !== null) {
          clearTimeout(thread.timer)
        }
        thread.task?.reject(closed)
        await thread.worker.terminate()
      })
      await Promise.all(ended)
    },
  }
}

function removeFrom(list: Thread[], thread: Thread): void {
  const index = list.indexOf(thread)
  if (index >= 0) {
    list.splice(index, 1)
  }
}
