import { silentLogger } from '@maildock/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRandom } from '../../test/fixture/dovecot-story.ts'
import { createMemoryHosts } from '../../test/fixture/memory-hosts.ts'
import { planWatchEnd } from '../watch/plan-watch-end.ts'
import type { Admission, HostRefusal } from './admission.ts'
import { HostGate } from './host-gate.ts'
import { planRecall } from './plan-recall.ts'

const HOST = 'mail.example:993'
const PROCESSES = 3
const ACCOUNTS = 1_000
const HOUR_S = 3_600

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

interface Account {
  readonly id: string
  readonly gate: HostGate
  failures: number
  /** Somebody is at it. */
  asking: boolean
  /** Second of the next try; null: up to date, or watched. */
  dueAt: number | null
}

/** What becomes of an account that was not let in, or tried in vain: as its jobs do it, or its watch. */
interface Manners {
  readonly purpose: 'job' | 'inbox'
  readonly patienceMs?: number
  /** Seconds until the next try. */
  afterFailure(account: Account): number
  afterRefusal(account: Account, refusal: HostRefusal): number
  /** Seconds until each of those that wait is tried, when the host is back. */
  recall(waiting: number): readonly number[]
}

/** `account-state.ts` for what is transient, `admit-job.ts`, `recall-accounts.ts`. */
const jobs: Manners = {
  purpose: 'job',
  patienceMs: 2_000,
  afterFailure: (account) => {
    account.failures += 1
    return Math.min(30 * 2 ** (account.failures - 1), 1_800) * (0.5 + Math.random() / 2)
  },
  afterRefusal: (account, { because, retryAfterMs }) =>
    because === 'down' ? jobs.afterFailure(account) : (retryAfterMs / 1_000) * (0.5 + Math.random()),
  recall: (waiting) => planRecall(waiting, Math.random).map((ms) => ms / 1_000),
}

/** `fleet.ts` and `open-link.ts`; those of a host that is back are all claimed in the next turn. */
const watches: Manners = {
  purpose: 'inbox',
  patienceMs: 100,
  afterFailure: (account) => {
    account.failures += 1
    const plan = planWatchEnd({ class: 'transient', failures: account.failures }, Math.random())
    account.failures = plan.do === 'poll' ? 0 : account.failures
    return plan.do === 'retry' ? plan.afterMs / 1_000 : plan.do === 'poll' ? plan.forMs / 1_000 : HOUR_S
  },
  afterRefusal: (_account, { because, retryAfterMs }) =>
    because === 'busy' ? 4 * (0.5 + Math.random()) : (retryAfterMs / 1_000) * (1 + Math.random()),
  recall: (waiting) => Array.from({ length: waiting }, () => 3),
}

/** A host that is down, and the accounts of several processes that try it, second by second. */
class Outage {
  /** Attempts that reached the host, by the second. */
  readonly attempts: number[] = []
  readonly accounts: readonly Account[]
  second = 0
  isUp = false
  readonly #manners: Manners
  #underWay: [Account, Admission][] = []

  constructor(manners: Manners, firstWithinS: number) {
    this.#manners = manners
    const shared = createMemoryHosts(PROCESSES)
    const gates = Array.from({ length: PROCESSES }, () => new HostGate({ logger: silentLogger, shared }))
    this.accounts = gates.flatMap((gate, process) =>
      Array.from({ length: Math.ceil(ACCOUNTS / PROCESSES) }, (_value, number) => ({
        id: `${process}/${number}`,
        gate,
        failures: 0,
        asking: false,
        dueAt: Math.floor(Math.random() * firstWithinS),
      })),
    )
    for (const gate of gates) gate.onRecovered = () => this.#recall()
  }

  get isOver(): boolean {
    return this.accounts.every(({ dueAt }) => dueAt === null)
  }

  /** One second goes by: logins of the last one end, accounts that are due ask. */
  async pass(): Promise<void> {
    this.second += 1
    this.attempts[this.second] = 0
    for (const [account, admission] of this.#underWay.splice(0)) this.#end(account, admission)
    for (const account of this.accounts.filter(({ asking, dueAt }) => !asking && dueAt !== null && dueAt <= this.second)) {
      void this.#ask(account)
    }
    vi.advanceTimersByTime(1_000)
    for (let turn = 0; turn < 30; turn += 1) await Promise.resolve()
  }

  async #ask(account: Account): Promise<void> {
    const { purpose, patienceMs } = this.#manners
    account.asking = true
    const request = { host: HOST, accountId: account.id, purpose, ...(patienceMs === undefined ? {} : { patienceMs }) }
    const answer = await account.gate.admit(request, new AbortController().signal)
    if (answer.admitted) {
      this.attempts[this.second] = (this.attempts[this.second] ?? 0) + 1
      this.#underWay.push([account, answer])
    } else {
      account.asking = false
      account.dueAt = this.second + this.#manners.afterRefusal(account, answer)
    }
  }

  #end(account: Account, admission: Admission): void {
    account.asking = false
    if (this.isUp) {
      admission.opened()
      account.dueAt = null
    } else {
      admission.failed('host.unreachable', true)
      account.dueAt = this.second + this.#manners.afterFailure(account)
    }
  }

  #recall(): void {
    const waiting = this.accounts.filter(({ asking, dueAt }) => !asking && dueAt !== null && dueAt > this.second)
    for (const [index, seconds] of this.#manners.recall(waiting.length).entries()) {
      const account = waiting[index]
      if (account !== undefined) account.dueAt = this.second + seconds
    }
  }
}

/** An hour without the host, and then as long as it takes. */
async function goThrough(outage: Outage): Promise<{ readonly down: readonly number[]; readonly back: readonly number[] }> {
  while (outage.second < HOUR_S) await outage.pass()
  outage.isUp = true
  while (!outage.isOver && outage.second < 2 * HOUR_S) await outage.pass()
  return { down: outage.attempts.slice(1, HOUR_S + 1), back: outage.attempts.slice(HOUR_S + 1) }
}

function perMinute(seconds: readonly number[]): readonly number[] {
  return Array.from({ length: Math.ceil(seconds.length / 60) }, (_value, minute) => sum(seconds.slice(minute * 60, minute * 60 + 60)))
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}

describe.each([1, 2, 3])('an outage of an hour of a host with a thousand accounts (seed %d)', (seed) => {
  beforeEach(() => {
    vi.spyOn(Math, 'random').mockImplementation(createRandom(seed))
  })

  it.each<[string, Manners, number]>([
    ['jobs of all accounts, within a minute', jobs, 60],
    ['watches that were all cut in one second', watches, 1],
  ])('costs some dozens of attempts, and it is not overrun when it comes back: %s', async (_what, manners, firstWithinS) => {
    const outage = new Outage(manners, firstWithinS)
    const { down, back } = await goThrough(outage)
    const minutes = perMinute(down)
    // Those under way before anybody knew, and then one for all of them, soon at least two and a half minutes after the last.
    expect(Math.max(...down)).toBeLessThanOrEqual(8 * PROCESSES)
    expect(minutes[0]).toBeLessThanOrEqual(8 * PROCESSES + 10)
    expect(Math.max(...minutes.slice(10))).toBeLessThanOrEqual(1)
    expect(sum(down)).toBeLessThan(8 * PROCESSES + 40)
    // The largest window of each process, whatever asks at once.
    expect(Math.max(...back)).toBeLessThanOrEqual(16 * PROCESSES)
    // Each once; and the first one is alone.
    expect(sum(back)).toBe(outage.accounts.length)
    expect(back.find((count) => count > 0)).toBe(1)
    // The longest pause, the spread of the return, and the accounts that found no turn.
    expect(outage.isOver).toBe(true)
    expect(back.length).toBeLessThan(300 + 50 + 120)
  })
})
