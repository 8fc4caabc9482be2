import { nextHostState, UNKNOWN_HOST, type HostEvent, type HostState } from './host-state.ts'

/** The right to open one connection to a host. Tell how it went; disposing ends the connection's count, or the attempt. */
export interface Admission extends Disposable {
  opened(): void
  failed(): void
  refused(accountId: string, retryAfterMs?: number): void
}

interface Waiting {
  readonly resolve: (admission: Admission | null) => void
}

interface Host {
  state: HostState
  connecting: number
  connected: number
  readonly queue: Waiting[]
  timer: NodeJS.Timeout | null
}

/** Connections beyond what a host was learned to allow. */
export type OnSurplus = (host: string, surplus: number) => void

/**
 * Keeps the logins of one process to what each host bears: few at once, fewer after failures, none during a pause, and no more connections than
 * it was seen to allow. What it does is decided by `nextHostState`.
 */
export class HostGate {
  readonly #hosts = new Map<string, Host>()
  readonly #onSurplus: OnSurplus

  constructor(onSurplus: OnSurplus) {
    this.#onSurplus = onSurplus
  }

  /** Waits for the right to connect. @returns null when the host allows no more connections; @throws the reason of the signal */
  async admit(name: string, signal: AbortSignal): Promise<Admission | null> {
    signal.throwIfAborted()
    const host = this.#find(name)
    const { promise, resolve, reject } = Promise.withResolvers<Admission | null>()
    const waiting: Waiting = { resolve }
    const onAbort = (): void => {
      const place = host.queue.indexOf(waiting)
      if (place >= 0) {
        host.queue.splice(place, 1)
        this.#forget(name, host)
        reject(signal.reason)
      }
    }
    host.queue.push(waiting)
    signal.addEventListener('abort', onAbort, { once: true })
    this.#pump(name, host)
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  #find(name: string): Host {
    const known = this.#hosts.get(name)
    const host = known ?? { state: UNKNOWN_HOST, connecting: 0, connected: 0, queue: [], timer: null }
    this.#hosts.set(name, host)
    return host
  }

  #pump(name: string, host: Host): void {
    for (let next = host.queue[0]; next !== undefined; next = host.queue[0]) {
      const waitMs = host.state.notBefore - performance.now()
      if (waitMs > 0) {
        host.timer ??= setTimeout(() => {
          host.timer = null
          this.#pump(name, host)
        }, waitMs)
        return
      }
      const full = host.connected + host.connecting >= host.state.limit
      if (!full && host.connecting >= host.state.window) {
        return
      }
      host.queue.shift()
      next.resolve(full ? null : this.#start(name, host))
    }
  }

  #start(name: string, host: Host): Admission {
    let phase: 'connecting' | 'connected' | 'over' = 'connecting'
    host.connecting += 1
    const leave = (): void => {
      host.connecting -= phase === 'connecting' ? 1 : 0
      host.connected -= phase === 'connected' ? 1 : 0
      phase = 'over'
    }
    const end = (event: HostEvent | null): void => {
      if (phase === 'over') {
        return
      }
      leave()
      this.#apply(name, host, event)
    }
    return {
      opened: () => {
        leave()
        phase = 'connected'
        host.connected += 1
        this.#apply(name, host, { type: 'opened' })
      },
      failed: () => end({ type: 'failed' }),
      refused: (accountId, retryAfterMs) => end({ type: 'refused', accountId, connections: host.connected, retryAfterMs }),
      [Symbol.dispose]: () => end(null),
    }
  }

  #apply(name: string, host: Host, event: HostEvent | null): void {
    if (event !== null) {
      host.state = nextHostState(host.state, event, { now: performance.now(), random: Math.random() })
      if (event.type === 'refused' && host.connected > host.state.limit) {
        this.#onSurplus(name, host.connected - host.state.limit)
      }
    }
    this.#pump(name, host)
    this.#forget(name, host)
  }

  /** A host nothing is known about and nobody uses takes no room. */
  #forget(name: string, host: Host): void {
    const idle = host.connecting === 0 && host.connected === 0 && host.queue.length === 0 && host.timer === null
    if (idle && host.state.failures === 0 && host.state.limit === Number.POSITIVE_INFINITY) {
      this.#hosts.delete(name)
    }
  }
}
