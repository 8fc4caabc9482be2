import type { Logger } from '@maildock/core'
import { refuse, type Admission, type AdmissionRequest, type HostRefusal } from './admission.ts'
import { giveBackUnused } from './give-back-unused.ts'
import {
  firstWindow,
  isDown,
  isNews,
  isWell,
  nextHostState,
  nextWindow,
  UNKNOWN_HOST,
  type HostEvent,
  type HostState,
} from './host-state.ts'
import { planAdmission, planAllowance } from './plan-admission.ts'
import type { SharedHosts } from './shared-hosts.ts'

interface Waiting {
  readonly request: AdmissionRequest
  readonly settle: (answer: Admission | HostRefusal) => void
}

interface Host {
  state: HostState
  window: number
  readonly open: { jobs: number; watches: number; connecting: number }
  readonly queue: Waiting[]
  /** Requests without an answer. */
  asking: number
  timer: NodeJS.Timeout | null
  readAt: number
}

/** What a gate tells, and whom it asks. */
export interface HostGateOptions {
  readonly logger: Logger
  /** What other processes know. Absent: this one is alone. */
  readonly shared?: SharedHosts | undefined
}

/** More watches than a host allows this process. */
export type OnSurplus = (host: string, surplus: number) => void

/** What other processes know is read again after this. */
const FRESH_MS = 3_000

/**
 * The way to every mail host, for jobs and watches of one process: few logins at once, fewer after failures, one attempt for all accounts of a
 * host that is down, and no more connections than it was seen to allow. Decisions are pure (`nextHostState`, `planAdmission`); what was learned
 * is shared with the other processes (ADR 0019).
 */
export class HostGate {
  /** Told when a host must have fewer watches. */
  onSurplus: OnSurplus = () => undefined
  /** Told when a host that was down is back. */
  onRecovered: (host: string) => void = () => undefined
  readonly #options: HostGateOptions
  readonly #hosts = new Map<string, Host>()
  #processes = 1

  constructor(options: HostGateOptions) {
    this.#options = options
  }

  /** Waits for the right to connect. @throws the reason of the signal */
  async admit(request: AdmissionRequest, signal: AbortSignal): Promise<Admission | HostRefusal> {
    signal.throwIfAborted()
    const host = this.#ensure(request.host)
    host.asking += 1
    try {
      await this.#freshen(request.host, host)
      signal.throwIfAborted()
      return await this.#wait(host, request, signal)
    } finally {
      host.asking -= 1
      this.#forget(request.host, host)
    }
  }

  async #wait(host: Host, request: AdmissionRequest, signal: AbortSignal): Promise<Admission | HostRefusal> {
    const { promise, resolve, reject } = Promise.withResolvers<Admission | HostRefusal>()
    const waiting: Waiting = { request, settle: resolve }
    const leave = (): boolean => {
      const place = host.queue.indexOf(waiting)
      if (place >= 0) host.queue.splice(place, 1)
      return place >= 0
    }
    const onAbort = (): void => void (leave() && reject(signal.reason))
    const { patienceMs } = request
    const patience = patienceMs === undefined ? undefined : setTimeout(() => leave() && resolve(refuse('busy')), patienceMs)
    signal.addEventListener('abort', onAbort, { once: true })
    enqueue(host.queue, waiting)
    this.#pump(request.host, host)
    try {
      return await promise
    } finally {
      clearTimeout(patience)
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Learns what other processes found out about the hosts in use. Call it every few seconds. */
  async refresh(): Promise<void> {
    if (this.#hosts.size > 0) {
      await this.#read([...this.#hosts.keys()])
    }
  }

  async #freshen(name: string, host: Host): Promise<void> {
    if (Date.now() - host.readAt > FRESH_MS) {
      host.readAt = Date.now()
      await this.#read([name])
    }
  }

  #ensure(name: string): Host {
    const host = this.#hosts.get(name) ?? createHost()
    this.#hosts.set(name, host)
    return host
  }

  async #read(names: readonly string[]): Promise<void> {
    const { shared, logger } = this.#options
    if (shared === undefined) return
    try {
      const { processes, states } = await shared.read(names)
      this.#processes = processes
      for (const name of names) this.#adopt(name, states.get(name) ?? UNKNOWN_HOST)
    } catch (error) {
      logger.warn({ error: nameOf(error) }, 'What is known of mail hosts could not be read; what this process knows counts.')
    }
  }

  #adopt(name: string, state: HostState): void {
    const host = this.#hosts.get(name)
    if (host === undefined) return
    host.readAt = Date.now()
    if (state.failures > host.state.failures) host.window = 1
    host.state = state
    const { watches } = planAllowance(state.limit, this.#processes)
    if (host.open.watches > watches) this.onSurplus(name, host.open.watches - watches)
    this.#pump(name, host)
    this.#forget(name, host)
  }

  #pump(name: string, host: Host): void {
    for (let next = host.queue[0]; next !== undefined; next = host.queue[0]) {
      const { purpose, urgent = false } = next.request
      const { state, open, window } = host
      const plan = planAdmission({ state, open, window, processes: this.#processes, purpose, urgent, now: Date.now() })
      if (plan.do === 'wait') {
        if (plan.ms !== null) this.#wakeAfter(name, host, plan.ms)
        return
      }
      host.queue.shift()
      switch (plan.do) {
        case 'start':
          next.settle(this.#start(host, next.request))
          break
        case 'probe':
          void this.#probe(host, next)
          break
        case 'refuse':
          next.settle(refuse(plan.because, { code: state.failureCode, retryAfterMs: plan.retryAfterMs }))
          break
        default:
          plan satisfies never
      }
    }
  }

  #wakeAfter(name: string, host: Host, ms: number): void {
    host.timer ??= setTimeout(() => {
      host.timer = null
      this.#pump(name, host)
    }, ms).unref()
  }

  /** Of all processes one tries a host that is down; the others are told to come again. */
  async #probe(host: Host, { request, settle }: Waiting): Promise<void> {
    const admission = this.#start(host, request)
    let mine: boolean | 'unknown' = 'unknown'
    try {
      mine = (await this.#options.shared?.claimProbe(request.host)) ?? true
    } catch (error) {
      this.#options.logger.warn({ error: nameOf(error) }, 'Whether another process tries a mail host is not known; this one does.')
    }
    if (mine === false) {
      settle(refuse('down', { code: host.state.failureCode }))
      admission[Symbol.dispose]()
      return
    }
    settle(mine === true ? giveBackUnused(admission, async () => this.#releaseProbe(request.host)) : admission)
  }

  async #releaseProbe(name: string): Promise<void> {
    try {
      await this.#options.shared?.releaseProbe(name)
    } catch (error) {
      this.#options.logger.warn({ error: nameOf(error) }, 'That a mail host is not tried after all could not be told to other processes.')
    }
  }

  #start(host: Host, { host: name, accountId, purpose }: AdmissionRequest): Admission {
    let phase: 'connecting' | 'connected' | 'over' = 'connecting'
    const kind = purpose === 'job' ? 'jobs' : 'watches'
    host.open.connecting += 1
    const leave = (to: typeof phase): void => {
      host.open.connecting -= phase === 'connecting' ? 1 : 0
      host.open[kind] += (to === 'connected' ? 1 : 0) - (phase === 'connected' ? 1 : 0)
      phase = to
    }
    const end = (event: HostEvent | null): void => {
      if (phase === 'over') return
      leave('over')
      this.#apply(name, host, event)
    }
    return {
      admitted: true,
      begun: () => undefined,
      opened: () => {
        if (phase !== 'connecting') return
        leave('connected')
        this.#apply(name, host, { type: 'opened' })
      },
      answered: () => end({ type: 'answered' }),
      failed: (code, early) => end({ type: 'failed', accountId, code, early }),
      refused: (retryAfterMs) => {
        const connections = (host.open.jobs + host.open.watches) * this.#processes
        end({ type: 'refused', accountId, connections, retryAfterMs })
      },
      [Symbol.dispose]: () => end(null),
    }
  }

  #apply(name: string, host: Host, event: HostEvent | null): void {
    if (event !== null) {
      const [before, now] = [host.state, Date.now()]
      host.window = nextWindow(host.window, event)
      const after = nextHostState(before, event, { now, random: Math.random() })
      if (isNews(before, event, now)) {
        void this.#tell(name, event, { recovered: isDown(before) && !isDown(after) })
      }
      this.#adopt(name, after)
    }
    this.#pump(name, host)
    this.#forget(name, host)
  }

  async #tell(name: string, event: HostEvent, { recovered }: { readonly recovered: boolean }): Promise<void> {
    const { shared, logger } = this.#options
    try {
      if (shared !== undefined) this.#adopt(name, await shared.record(name, event))
    } catch (error) {
      logger.warn({ error: nameOf(error) }, 'What a mail host did could not be told to other processes.')
    }
    if (recovered) this.onRecovered(name)
  }

  /** A host nothing is known about and nobody uses takes no room. */
  #forget(name: string, host: Host): void {
    const { jobs, watches, connecting } = host.open
    if (jobs + watches + connecting + host.asking === 0 && host.timer === null && isWell(host.state)) {
      this.#hosts.delete(name)
    }
  }
}

function createHost(): Host {
  return {
    state: UNKNOWN_HOST,
    window: firstWindow(UNKNOWN_HOST),
    open: { jobs: 0, watches: 0, connecting: 0 },
    queue: [],
    asking: 0,
    timer: null,
    readAt: Number.NEGATIVE_INFINITY,
  }
}

/** Jobs before watches: they come and go, and somebody may wait for them. */
function enqueue(queue: Waiting[], waiting: Waiting): void {
  const place = waiting.request.purpose === 'job' ? queue.findIndex(({ request }) => request.purpose !== 'job') : -1
  queue.splice(place < 0 ? queue.length : place, 0, waiting)
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}
