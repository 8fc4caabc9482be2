import { silentLogger } from '@maildock/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Admission, AdmissionRequest, HostRefusal } from './admission.ts'
import { HostGate } from './host-gate.ts'
import { createMemoryHosts } from '../../test/fixture/memory-hosts.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const never = new AbortController().signal
const HOST = 'mail.example:993'

interface Asked {
  readonly admitted: Admission[]
  readonly refused: HostRefusal[]
}

/** Asks for so many connections, each for an account of its own; what is answered is told as it comes. */
function ask(gate: HostGate, count: number, change: Partial<AdmissionRequest> = {}): Asked {
  const asked: Asked = { admitted: [], refused: [] }
  for (let number = 0; number < count; number += 1) {
    void take(asked, gate.admit({ host: HOST, accountId: `a${number}`, purpose: 'inbox', ...change }, never))
  }
  return asked
}

async function take(asked: Asked, asking: Promise<Admission | HostRefusal>): Promise<void> {
  const answer = await asking
  if (answer.admitted) asked.admitted.push(answer)
  else asked.refused.push(answer)
}

async function settle(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
}

function fail(admissions: readonly Admission[]): void {
  for (const admission of admissions) admission.failed('host.unreachable', true)
}

describe('HostGate', () => {
  it('admits a few logins at once, and the next ones as they succeed; each host by itself', async () => {
    const gate = new HostGate({ logger: silentLogger })
    const { admitted } = ask(gate, 40)
    const other = ask(gate, 1, { host: 'other.example:993' })
    await settle()
    expect([admitted.length, other.admitted.length]).toEqual([8, 1])
    admitted[0]?.opened()
    await settle()
    expect(admitted).toHaveLength(17)
  })

  it('turns everybody away from a host that is down, and tells why', async () => {
    const gate = new HostGate({ logger: silentLogger })
    const asked = ask(gate, 20)
    await settle()
    fail(asked.admitted)
    await settle()
    expect([asked.admitted.length, asked.refused.length]).toEqual([8, 12])
    expect(asked.refused[0]).toMatchObject({ because: 'down', code: 'host.unreachable' })
  })

  it('lets one try when it is time, and all when that one came through', async () => {
    const gate = new HostGate({ logger: silentLogger })
    const recovered: string[] = []
    gate.onRecovered = (host) => recovered.push(host)
    const first = ask(gate, 8)
    await settle()
    fail(first.admitted)
    await settle(10 * 60_000)
    const second = ask(gate, 10)
    await settle()
    expect(second.admitted).toHaveLength(1)
    second.admitted[0]?.opened()
    await settle()
    expect(second.admitted).toHaveLength(3)
    expect(recovered).toEqual([HOST])
  })

  it('lets all try again when the one that did was told that its password is wrong: the host is up, and nothing was opened', async () => {
    const gate = new HostGate({ logger: silentLogger })
    const recovered: string[] = []
    gate.onRecovered = (host) => recovered.push(host)
    const first = ask(gate, 8)
    await settle()
    fail(first.admitted)
    await settle(10 * 60_000)
    const second = ask(gate, 10)
    await settle()
    expect(second.admitted).toHaveLength(1)
    second.admitted[0]?.answered()
    second.admitted[0]?.[Symbol.dispose]()
    await settle()
    // One at a time until a login succeeds.
    expect([second.admitted.length, second.refused.length, recovered]).toEqual([2, 0, [HOST]])
    second.admitted[1]?.opened()
    await settle()
    expect(second.admitted).toHaveLength(4)
  })

  it('learns a limit from refusals of two accounts, tells what is over it, and turns others away', async () => {
    const gate = new HostGate({ logger: silentLogger })
    const surplus: [string, number][] = []
    gate.onSurplus = (host, count) => surplus.push([host, count])
    const { admitted } = ask(gate, 8)
    await settle()
    for (const admission of admitted.slice(0, 6)) admission.opened()
    admitted[6]?.refused()
    admitted[7]?.refused()
    // Half of six, one of them for jobs.
    expect(surplus[0]).toEqual([HOST, 4])
    await settle(20_000)
    const late = ask(gate, 1)
    await settle()
    expect(late.refused[0]).toMatchObject({ because: 'full' })
    for (const admission of admitted.slice(0, 5)) admission[Symbol.dispose]()
    const later = ask(gate, 1)
    await settle()
    expect(later.admitted).toHaveLength(1)
  })

  it('counts an admission once, however it ends', async () => {
    const gate = new HostGate({ logger: silentLogger })
    const { admitted } = ask(gate, 30)
    await settle()
    admitted[0]?.[Symbol.dispose]()
    admitted[0]?.[Symbol.dispose]()
    admitted[1]?.opened()
    admitted[1]?.[Symbol.dispose]()
    admitted[1]?.opened()
    await settle()
    expect(admitted).toHaveLength(18)
  })

  it('gives a job the next turn, before watches that wait', async () => {
    const gate = new HostGate({ logger: silentLogger })
    const watches = ask(gate, 20)
    const job = ask(gate, 1, { purpose: 'job', patienceMs: 2_000 })
    await settle()
    watches.admitted[0]?.[Symbol.dispose]()
    await settle()
    expect([watches.admitted.length, job.admitted.length]).toEqual([8, 1])
  })

  it('sends a job away that would wait long', async () => {
    const gate = new HostGate({ logger: silentLogger })
    ask(gate, 8)
    await settle()
    const job = ask(gate, 1, { purpose: 'job', patienceMs: 2_000 })
    await settle(1_999)
    expect(job.refused).toEqual([])
    await settle(1)
    expect(job.refused[0]).toMatchObject({ because: 'busy' })
  })

  it('forgets who gave up waiting', async () => {
    const gate = new HostGate({ logger: silentLogger })
    const first = ask(gate, 8)
    await settle()
    const gaveUp = new AbortController()
    const waiting = gate.admit({ host: HOST, accountId: 'b', purpose: 'inbox' }, gaveUp.signal)
    await settle()
    gaveUp.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    const next = ask(gate, 1)
    first.admitted[0]?.[Symbol.dispose]()
    await settle()
    expect(next.admitted).toHaveLength(1)
  })
})

describe('several processes', () => {
  it('know of each other what a host does: one is refused, no other finds out for itself', async () => {
    const shared = createMemoryHosts(2)
    const [left, right] = [new HostGate({ logger: silentLogger, shared }), new HostGate({ logger: silentLogger, shared })]
    const first = ask(left, 8)
    await settle()
    fail(first.admitted)
    await settle()
    const second = ask(right, 8)
    await settle()
    expect([second.admitted.length, second.refused.length]).toEqual([0, 8])
  })

  it('try a host that is down one at a time, and all go on when it is back', async () => {
    const shared = createMemoryHosts(2)
    const [left, right] = [new HostGate({ logger: silentLogger, shared }), new HostGate({ logger: silentLogger, shared })]
    const first = ask(left, 8)
    await settle()
    fail(first.admitted)
    await settle(10 * 60_000)
    const probes = [ask(left, 1), ask(right, 1)]
    await settle()
    expect(probes.map(({ admitted }) => admitted.length)).toEqual([1, 0])
    probes[0]?.admitted[0]?.opened()
    await settle(4_000)
    const after = ask(right, 1)
    await settle()
    expect(after.admitted).toHaveLength(1)
  })

  it('go on when the one that tried was told that its password is wrong', async () => {
    const shared = createMemoryHosts(2)
    const [left, right] = [new HostGate({ logger: silentLogger, shared }), new HostGate({ logger: silentLogger, shared })]
    const first = ask(left, 8)
    await settle()
    fail(first.admitted)
    await settle(10 * 60_000)
    const probe = ask(left, 1)
    await settle()
    probe.admitted[0]?.answered()
    await settle(4_000)
    const after = ask(right, 1)
    await settle()
    expect(after.admitted).toHaveLength(1)
  })

  it('try it at once when the one that was to do so could not begin, and not when it began', async () => {
    const shared = createMemoryHosts(2)
    const [left, right] = [new HostGate({ logger: silentLogger, shared }), new HostGate({ logger: silentLogger, shared })]
    const first = ask(left, 8)
    await settle()
    fail(first.admitted)
    await settle(10 * 60_000)
    // The second waits for its turn in the process of the first.
    const unused = ask(left, 2)
    await settle()
    expect(unused.admitted).toHaveLength(1)
    unused.admitted[0]?.[Symbol.dispose]()
    await settle()
    expect([unused.admitted.length, unused.refused.length]).toEqual([2, 0])
    unused.admitted[1]?.[Symbol.dispose]()
    await settle()
    const begun = ask(right, 1)
    await settle()
    begun.admitted[0]?.begun()
    begun.admitted[0]?.[Symbol.dispose]()
    await settle()
    const late = [ask(left, 1), ask(right, 1)]
    await settle()
    expect([begun.admitted.length, ...late.map(({ refused }) => refused.length)]).toEqual([1, 1, 1])
  })

  it('share what a host allows', async () => {
    const shared = createMemoryHosts(2)
    const gate = new HostGate({ logger: silentLogger, shared })
    const surplus: number[] = []
    gate.onSurplus = (_host, count) => surplus.push(count)
    const { admitted } = ask(gate, 6)
    await settle()
    for (const admission of admitted) admission.opened()
    await shared.record(HOST, { type: 'refused', accountId: 'x', connections: 8 })
    await shared.record(HOST, { type: 'refused', accountId: 'y', connections: 8 })
    await gate.refresh()
    // Four for all, two for each process, one of them for jobs.
    expect(surplus).toEqual([5])
  })

  it('go on alone when they cannot hear each other', async () => {
    const broken = { read: gone, record: gone, claimProbe: gone, releaseProbe: gone }
    const gate = new HostGate({ logger: silentLogger, shared: broken })
    const asked = ask(gate, 8)
    await settle()
    fail(asked.admitted)
    await settle(10 * 60_000)
    const next = ask(gate, 2)
    await settle()
    expect(next.admitted).toHaveLength(1)
    next.admitted[0]?.[Symbol.dispose]()
    await settle()
    expect(next.admitted).toHaveLength(2)
  })
})

async function gone(): Promise<never> {
  throw new Error('The database is gone.')
}
