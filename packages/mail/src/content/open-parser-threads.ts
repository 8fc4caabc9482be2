import { Worker } from 'node:worker_threads'
import type { ParseReply, ParseRequest, ReadSource } from './answer-request.ts'
import { listFrames } from './list-frames.ts'

/** How many threads there are, and what each may take. */
export interface ParserThreadsOptions {
  readonly limit: number
  /** Time a request may take, once its thread runs. */
  readonly deadlineMs: number
  readonly heapMegabytes: number
  readonly module: URL
}

/** Why a thread was lost; where, when an error of ours ended it. */
export interface LostThread {
  readonly lost: string
  readonly stack?: string | undefined
}

/** What came of a request: what was read, in its order, or why its thread was lost with all of it. */
export type ThreadAnswer = { readonly read: readonly ReadSource[] } | LostThread

/** A pool of threads, started when first needed and replaced when lost. */
export interface ParserThreads extends AsyncDisposable {
  /** Sources in shared memory are read where they are; others are copied. Rejects when the pool was disposed. */
  run(question: ThreadQuestion): Promise<ThreadAnswer>
}

/** What a thread is to read, and where to. */
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

/** Opens a pool that has no thread yet. */
export function openParserThreads(options: ParserThreadsOptions): ParserThreads {
  return new ThreadPool(options)
}

class ThreadPool implements ParserThreads {
  readonly #options: ParserThreadsOptions
  readonly #threads = new Set<Thread>()
  readonly #idle: Thread[] = []
  readonly #waiting: Task[] = []
  #disposed = false
  #requests = 0

  constructor(options: ParserThreadsOptions) {
    this.#options = options
  }

  async run(question: ThreadQuestion): Promise<ThreadAnswer> {
    if (this.#disposed) {
      throw closed()
    }
    const { promise, resolve, reject } = Promise.withResolvers<ThreadAnswer>()
    this.#waiting.push({ question, resolve, reject })
    this.#dispatch()
    return promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    for (const task of this.#waiting.splice(0)) {
      task.reject(closed())
    }
    const ended = [...this.#threads].map(async (thread) => {
      this.#threads.delete(thread)
      stopTimer(thread)
      await thread.worker.terminate()
      thread.task?.reject(closed())
    })
    await Promise.all(ended)
  }

  #dispatch(): void {
    while (this.#waiting.length > 0 && !this.#disposed) {
      const thread = this.#idle.pop() ?? (this.#threads.size < this.#options.limit ? this.#start() : undefined)
      const task = thread === undefined ? undefined : this.#waiting.shift()
      if (thread === undefined || task === undefined) {
        return
      }
      this.#requests += 1
      thread.task = task
      this.#limitTime(thread)
      const { sources, transfer } = shareSources(task.question.sources)
      thread.worker.postMessage({ ...task.question, id: this.#requests, sources, now: new Date() } satisfies ParseRequest, transfer)
    }
  }

  #start(): Thread {
    const { module, heapMegabytes } = this.#options
    const worker = new Worker(module, { resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: 12 } })
    const thread: Thread = { worker, ready: false, task: null, timer: null }
    worker.unref()
    worker.on('message', (reply: ParseReply) => this.#hear(thread, reply))
    worker.on('error', (error) => this.#abandon(thread, { lost: error.name, stack: listFrames(error) }))
    worker.on('exit', () => this.#abandon(thread, { lost: 'exit' }))
    this.#threads.add(thread)
    return thread
  }

  #hear(thread: Thread, reply: ParseReply): void {
    if (thread.task === null || !this.#threads.has(thread)) {
      return
    }
    if ('ready' in reply) {
      thread.ready = true
      this.#limitTime(thread)
      return
    }
    finish(thread, reply)
    this.#idle.push(thread)
    this.#dispatch()
  }

  #limitTime(thread: Thread): void {
    stopTimer(thread)
    let left = DEADLINE_STEPS
    const step = (): void => {
      left -= 1
      if (left === 0) {
        this.#abandon(thread, { lost: 'deadline' })
      }
    }
    thread.timer = setInterval(step, (thread.ready ? this.#options.deadlineMs : START_DEADLINE_MS) / DEADLINE_STEPS)
  }

  /** The thread is lost or must be, and what it was reading with it. That is told when it has ended: until then it may write into its output. */
  #abandon(thread: Thread, answer: LostThread): void {
    if (!this.#threads.delete(thread)) {
      return
    }
    removeFrom(this.#idle, thread)
    stopTimer(thread)
    void thread.worker.terminate().then(() => finish(thread, answer))
    this.#dispatch()
  }
}

function finish(thread: Thread, answer: ThreadAnswer): void {
  const { task } = thread
  stopTimer(thread)
  thread.task = null
  task?.resolve(answer)
}

function closed(): Error {
  return new Error('The parser is closed.')
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
