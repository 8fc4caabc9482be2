import { Worker } from 'node:worker_threads'
import type { ParseReply, ParseRequest, ReadSource } from './answer-request.ts'

export interface ParserThreadsOptions {
  readonly limit: number
  /** Time a request may take, once its thread runs. */
  readonly deadlineMs: number
  readonly heapMegabytes: number
  readonly module: URL
}

/** What came of a request: what was read, in its order, or why its thread was lost with all of it. */
export type ThreadAnswer = { readonly read: readonly ReadSource[] } | { readonly lost: string }

/** A pool of threads, started when first needed and replaced when lost. */
export interface ParserThreads extends AsyncDisposable {
  /** Sources in shared memory are read where they are; others are copied. Rejects when the pool was disposed. */
  run(question: ThreadQuestion): Promise<ThreadAnswer>
}

export type ThreadQuestion = Pick<ParseRequest, 'work' | 'sources' | 'output'>

interface Task {
  readonly question: ThreadQuestion
  readonly resolve: (answer: ThreadAnswer) => void
  readonly reject: (error: Error) => void
}

interface Thread {
  readonly worker: Worker
  ready: boolean
  task: Task | null
  timer: NodeJS.Timeout | null
}

/** To load the modules of a thread. On a busy machine that takes longer than most messages. */
const START_DEADLINE_MS = 30_000
/** A deadline is counted in so many steps: time during which the whole process stood still costs a message one of them, not its life. */
const DEADLINE_STEPS = 5

export function openParserThreads({ limit, deadlineMs, heapMegabytes, module }: ParserThreadsOptions): ParserThreads {
  const threads = new Set<Thread>()
  const idle: Thread[] = []
  const waiting: Task[] = []
  const state = { disposed: false, requests: 0 }

  const finish = (thread: Thread, answer: ThreadAnswer): void => {
    const { task } = thread
    stopTimer(thread)
    thread.task = null
    task?.resolve(answer)
  }

  /** The thread is lost or must be, and what it was reading with it. That is told when it has ended: until then it may write into its output. */
  const abandon = (thread: Thread, reason: string): void => {
    if (!threads.delete(thread)) {
      return
    }
    removeFrom(idle, thread)
    stopTimer(thread)
    void thread.worker.terminate().then(() => finish(thread, { lost: reason }))
    dispatch()
  }

  const limitTime = (thread: Thread): void => {
    stopTimer(thread)
    let left = DEADLINE_STEPS
    const step = (): void => {
      left -= 1
      if (left === 0) {
        abandon(thread, 'deadline')
      }
    }
    thread.timer = setInterval(step, (thread.ready ? deadlineMs : START_DEADLINE_MS) / DEADLINE_STEPS)
  }

  const start = (): Thread => {
    const worker = new Worker(module, { resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: 16 } })
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
      finish(thread, reply)
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
      const { sources, transfer } = shareSources(task.question.sources)
      thread.worker.postMessage({ ...task.question, id: state.requests, sources, now: new Date() } satisfies ParseRequest, transfer)
    }
  }

  return {
    run: (question) =>
      new Promise((resolve, reject) => {
        if (state.disposed) {
          reject(new Error('The parser is closed.'))
          return
        }
        waiting.push({ question, resolve, reject })
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
        stopTimer(thread)
        await thread.worker.terminate()
        thread.task?.reject(closed)
      })
      await Promise.all(ended)
    },
  }
}

interface SharedSources {
  readonly sources: readonly Uint8Array[]
  readonly transfer: readonly ArrayBuffer[]
}

/**
 * Shared memory goes as it is. Anything else is copied into one array, which is handed over: should the thread die, the source is still here, and
 * a view of a large array does not take all of it along.
 */
function shareSources(sources: readonly Uint8Array[]): SharedSources {
  if (sources.every(({ buffer }) => buffer instanceof SharedArrayBuffer)) {
    return { sources, transfer: [] }
  }
  const packed = new Uint8Array(sources.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let end = 0
  const views = sources.map((source) => {
    packed.set(source, end)
    end += source.byteLength
    return packed.subarray(end - source.byteLength, end)
  })
  return { sources: views, transfer: [packed.buffer] }
}

function stopTimer(thread: Thread): void {
  if (thread.timer !== null) {
    clearInterval(thread.timer)
    thread.timer = null
  }
}

function removeFrom(list: Thread[], thread: Thread): void {
  const index = list.indexOf(thread)
  if (index >= 0) {
    list.splice(index, 1)
  }
}
