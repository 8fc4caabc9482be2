import { silentLogger } from '@maildock/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createMemoryHosts } from '../../test/fixture/memory-hosts.ts'
import { HostGate, type Admission } from './host-gate.ts'
import { planRecall } from './plan-recall.ts'

const HOST = 'mail.example:993'
const PROCESSES = 3
const HOUR_S = 3_600

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

interface Account {
  readonly id: string
  readonly gate: HostGate
  failures: number
  /** Second of the next try; null: up to date. */
  dueAt: number | null
}

/** A host, and jobs of its accounts that try it as they do: with the account's own backoff, and sooner when the host is back. */
class Outage {
  /** Attempts that reached the host, by the second. */
  readonly attempts: number[] = []
  readonly accounts: readonly Account[]
  second = 0
  isUp = false
  #underWay: [Account, Admission][] = []

  constructor(count: number) {
    const shared = createMemoryHosts(PROCESSES)
    const gates = Array.from({ length: PROCESSES }, () => new HostGate({ logger: silentLogger, shared }))
    this.accounts = gates.flatMap((gate, process) =>
      Array.from({ length: Math.ceil(count / PROCESSES) }, (_value, number) => ({
        id: `${process}/${number}`,
        gate,
        failures: 0,
        dueAt: Math.floor(Math.random() * 60),
      })),
    )
    for (const gate of gates) gate.onRecovered = () => this.#recall()
  }

  /** One second goes by: logins of the last one end, accounts that are due ask. */
  async pass(): Promise<void> {
    this.second += 1
    this.attempts[this.second] = 0
    for (const [account, admission] of this.#underWay.splice(0)) this.#end(account, admission)
    for (const account of this.accounts.filter(({ dueAt }) => dueAt !== null && dueAt <= this.second)) void this.#ask(account)
    vi.advanceTimersByTime(1_000)
    await settle()
  }

  async #ask(account: Account): Promise<void> {
    this.#putOff(account)
    const answer = await account.gate.admit(
      { host: HOST, accountId: account.id, purpose: 'job', patienceMs: 2_000 },
      new AbortController().signal,
    )
    if (answer.admitted) {
      this.attempts[this.second] = (this.attempts[this.second] ?? 0) + 1
      this.#underWay.push([account, answer])
    }
  }

  #putOff(account: Account): void {
    account.dueAt = this.second + Math.min(30 * 2 ** account.failures, 1_800) * (0.5 + Math.random() / 2)
    account.failures += 1
  }

  #end(account: Account, admission: Admission): void {
    if (this.isUp) {
      admission.opened()
      account.dueAt = null
      admission[Symbol.dispose]()
    } else {
      admission.failed('host.unreachable', true)
    }
  }

  #recall(): void {
    const waiting = this.accounts.filter(({ dueAt }) => dueAt !== null)
    for (const [index, ms] of planRecall(waiting.length, Math.random).entries()) {
      const account = waiting[index]
      if (account !== undefined) account.dueAt = this.second + ms / 1_000
    }
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve()
}

it('of an hour costs a host with a thousand accounts some dozens of attempts, and it is not overrun when it comes back', async () => {
  const outage = new Outage(1_000)
  while (outage.second < HOUR_S) await outage.pass()
  const whileDown = outage.attempts.filter((count) => count > 0)
  // Those under way before anybody knew, and then one for all of them, at least two and a half minutes after the last.
  expect(Math.max(...whileDown)).toBeLessThanOrEqual(8 * PROCESSES)
  expect(sum(whileDown)).toBeLessThan(8 * PROCESSES + 40)
  outage.isUp = true
  let seconds = 0
  while (outage.accounts.some(({ dueAt }) => dueAt !== null)) {
    await outage.pass()
    seconds += 1
  }
  const back = outage.attempts.slice(HOUR_S + 1)
  expect(Math.max(...back)).toBeLessThanOrEqual(50)
  // The longest pause, the spread of the return, and the accounts that found no turn.
  expect(seconds).toBeLessThan(300 + 50 + 120)
  expect(sum(back)).toBe(outage.accounts.length)
})

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
