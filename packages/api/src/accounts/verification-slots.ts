import { MaildockError } from '@maildock/core'

export interface VerificationSlotsOptions {
  /** Verifications at once: of all users, of one user, against one target host. */
  readonly maxTotal: number
  readonly maxPerUser: number
  readonly maxPerHost: number
  /** Requests that wait for a slot: of all users, of one user. Beyond it a request is refused at once. */
  readonly maxWaiting: number
  readonly maxWaitingPerUser: number
  readonly maxWaitMs: number
}

export const DEFAULT_VERIFICATION_SLOTS: VerificationSlotsOptions = {
  maxTotal: 64,
  maxPerUser: 6,
  maxPerHost: 24,
  maxWaiting: 512,
  maxWaitingPerUser: 128,
  maxWaitMs: 5_000,
}

export interface VerificationTarget {
  readonly userId: string
  /** Two verifications of one address of one user never run at once: the second would find it connected. */
  readonly address: string
  readonly hosts: readonly string[]
}

/** A place among the verifications under way. Dispose it to free the place. */
export type VerificationSlot = Disposable

/** Bounds how many of other people's servers are dialled at once, so that slow ones hold up nobody else. */
export interface VerificationSlots {
  /**
   * Waits for a slot, first come first served among those that fit.
   * @throws MaildockError verification.busy when too many wait or it took too long; the signal's reason when aborted
   */
  take(target: VerificationTarget, signal: AbortSignal): Promise<VerificationSlot>
}

interface Waiter {
  readonly target: VerificationTarget
  readonly limits: ReadonlyMap<string, number>
  admit(): void
}

const RETRY_AFTER_SECONDS = 15

export function createVerificationSlots(options: VerificationSlotsOptions = DEFAULT_VERIFICATION_SLOTS): VerificationSlots {
  const taken = new Map<string, number>()
  const waiters: Waiter[] = []

  const limitsOf = (target: VerificationTarget): ReadonlyMap<string, number> =>
    new Map([
      ['all', options.maxTotal],
      [`user:${target.userId}`, options.maxPerUser],
      [`address:${target.userId}:${target.address}`, 1],
      ...target.hosts.map((host): [string, number] => [`host:${host.toLowerCase()}`, options.maxPerHost]),
    ])
  const fits = (limits: ReadonlyMap<string, number>): boolean => [...limits].every(([key, limit]) => (taken.get(key) ?? 0) < limit)

  const occupy = (limits: ReadonlyMap<string, number>): VerificationSlot => {
    limits.forEach((_, key) => taken.set(key, (taken.get(key) ?? 0) + 1))
    let held = true
    return {
      [Symbol.dispose]: () => {
        if (!held) return
        held = false
        limits.forEach((_, key) => release(key))
        waiters.filter(({ limits: wanted }) => fits(wanted)).forEach((waiter) => fits(waiter.limits) && waiter.admit())
      },
    }
  }
  const release = (key: string): void => {
    const left = (taken.get(key) ?? 0) - 1
    if (left > 0) taken.set(key, left)
    else taken.delete(key)
  }
  const isFull = ({ userId }: VerificationTarget): boolean =>
    waiters.length >= options.maxWaiting || waiters.filter(({ target }) => target.userId === userId).length >= options.maxWaitingPerUser

  return {
    take: async (target, signal) => {
      signal.throwIfAborted()
      const limits = limitsOf(target)
      if (fits(limits)) return occupy(limits)
      if (isFull(target)) throw busy()
      return await new Promise<VerificationSlot>((resolve, reject) => {
        const settle = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', onAbort)
          waiters.splice(waiters.indexOf(waiter), 1)
        }
        const onAbort = (): void => {
          settle()
          reject(signal.reason)
        }
        const timer = setTimeout(() => {
          settle()
          reject(busy())
        }, options.maxWaitMs)
        const waiter: Waiter = {
          target,
          limits,
          admit: () => {
            settle()
            resolve(occupy(limits))
          },
        }
        signal.addEventListener('abort', onAbort, { once: true })
        waiters.push(waiter)
      })
    },
  }
}

function busy(): MaildockError {
  return new MaildockError('verification.busy', { retryAfterSeconds: RETRY_AFTER_SECONDS })
}
