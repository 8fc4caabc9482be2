import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HostGate, type Admission } from './host-gate.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const never = new AbortController().signal

interface Asked {
  readonly admitted: (Admission | null)[]
}

/** Asks for so many connections; who is admitted is told as it happens. */
function ask(gate: HostGate, count: number, host = 'mail.example'): Asked {
  const admitted: (Admission | null)[] = []
  for (let asked = 0; asked < count; asked += 1) {
    void gate.admit(host, never).then((admission) => admitted.push(admission))
  }
  return { admitted }
}

async function settle(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
}

describe('HostGate', () => {
  it('admits a few logins at once, and the next ones as they succeed; each host by itself', async () => {
    const gate = new HostGate(() => undefined)
    const { admitted } = ask(gate, 40)
    const other = ask(gate, 1, 'other.example')
    await settle()
    expect([admitted.length, other.admitted.length]).toEqual([8, 1])
    admitted[0]?.opened()
    await settle()
    expect(admitted).toHaveLength(17)
  })

  it('waits after a failure, and then lets one try', async () => {
    const gate = new HostGate(() => undefined)
    const { admitted } = ask(gate, 20)
    await settle()
    for (const admission of admitted.slice(0, 8)) {
      admission?.failed()
    }
    await settle()
    expect(admitted.length).toBeLessThanOrEqual(9)
    await settle(10 * 60_000)
    expect(admitted).toHaveLength(9)
    admitted[8]?.opened()
    await settle()
    expect(admitted).toHaveLength(11)
  })

  it('learns a limit from refusals of two accounts, tells what is over it, and turns others away', async () => {
    const surplus: [string, number][] = []
    const gate = new HostGate((host, count) => surplus.push([host, count]))
    const { admitted } = ask(gate, 8)
    await settle()
    for (const admission of admitted.slice(0, 6)) {
      admission?.opened()
    }
    admitted[6]?.refused('a')
    admitted[7]?.refused('b')
    expect(surplus).toEqual([['mail.example', 3]])
    const late = ask(gate, 1)
    await settle(10 * 60_000)
    expect(late.admitted).toEqual([null])
    for (const admission of admitted.slice(0, 4)) {
      admission?.[Symbol.dispose]()
    }
    const later = ask(gate, 1)
    await settle()
    expect(later.admitted[0]).not.toBeNull()
  })

  it('counts an admission once, however it ends', async () => {
    const gate = new HostGate(() => undefined)
    const { admitted } = ask(gate, 30)
    await settle()
    const [first] = admitted
    first?.failed()
    first?.[Symbol.dispose]()
    await settle(60_000)
    expect(admitted).toHaveLength(8)
  })

  it('forgets who gave up waiting', async () => {
    const gate = new HostGate(() => undefined)
    const first = ask(gate, 8)
    await settle()
    const gaveUp = new AbortController()
    const waiting = gate.admit('mail.example', gaveUp.signal)
    gaveUp.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    const next = ask(gate, 1)
    first.admitted[0]?.[Symbol.dispose]()
    await settle()
    expect(next.admitted).toHaveLength(1)
  })
})
