import { describe, expect, it, vi } from 'vitest'
import { createVerificationSlots, type VerificationSlot, type VerificationTarget } from './verification-slots.ts'

const LIMITS = { maxTotal: 4, maxPerUser: 2, maxPerHost: 3, maxWaiting: 3, maxWaitingPerUser: 2, maxWaitMs: 1_000 }
const target = (change: Partial<VerificationTarget> = {}): VerificationTarget => ({
  userId: 'u',
  address: `${Math.random()}@example.org`,
  hosts: [`${Math.random()}.example.org`],
  ...change,
})
const never = new AbortController().signal
const free = (slot: VerificationSlot): void => slot[Symbol.dispose]()

/** Tells whether a promise is settled, without waiting for it. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const mark = Symbol('pending')
  await Promise.resolve()
  return (await Promise.race([promise, Promise.resolve(mark)])) === mark
}

describe('slots', () => {
  it.each<[string, number, (index: number) => Partial<VerificationTarget>]>([
    ['of one user', 2, () => ({})],
    ['against one host', 3, (index) => ({ userId: `u${index}`, hosts: ['one.example.org'] })],
    [
      'against one host, however it is written',
      3,
      (index) => ({ userId: `u${index}`, hosts: [index % 2 === 0 ? 'ONE.example.org' : 'one.example.org'] }),
    ],
    ['of all', 4, (index) => ({ userId: `u${index}` })],
    ['for one address of one user', 1, () => ({ address: 'same@example.org' })],
  ])('%s: %i at once, the next waits for one of them', async (_name, limit, change) => {
    const slots = createVerificationSlots(LIMITS)
    const taken = await Promise.all(Array.from({ length: limit }, async (_, index) => await slots.take(target(change(index)), never)))
    const next = slots.take(target(change(limit)), never)
    expect(await isPending(next)).toBe(true)
    free(taken[0] ?? (await next))
    free(await next)
    taken.forEach(free)
  })

  it('are given in the order of asking, past those that cannot have one yet', async () => {
    const slots = createVerificationSlots(LIMITS)
    const held = [await slots.take(target(), never), await slots.take(target(), never), await slots.take(target({ userId: 'v' }), never)]
    const waiting = [slots.take(target(), never), slots.take(target(), never)]
    const other = await slots.take(target({ userId: 'w' }), never)
    free(held[0] ?? other)
    free(await (waiting[0] ?? slots.take(target(), never)))
    expect(await isPending(waiting[1] ?? Promise.resolve())).toBe(false)
  })

  it('freed twice are freed once', async () => {
    const slots = createVerificationSlots(LIMITS)
    const first = await slots.take(target(), never)
    await slots.take(target(), never)
    free(first)
    free(first)
    await slots.take(target(), never)
    expect(await isPending(slots.take(target(), never))).toBe(true)
  })
})

describe('who waits', () => {
  it('is refused at once when too many wait, of one user or of all', async () => {
    const slots = createVerificationSlots(LIMITS)
    await Promise.all([slots.take(target(), never), slots.take(target(), never)])
    const waiting = [slots.take(target(), never), slots.take(target(), never)]
    await expect(slots.take(target(), never)).rejects.toMatchObject({ code: 'verification.busy', retryAfterSeconds: 15 })
    expect(await isPending(Promise.race(waiting))).toBe(true)
  })

  it('is refused when it takes too long', async () => {
    vi.useFakeTimers()
    const slots = createVerificationSlots(LIMITS)
    await Promise.all([slots.take(target(), never), slots.take(target(), never)])
    const refused = slots.take(target(), never).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(LIMITS.maxWaitMs)
    expect(await refused).toMatchObject({ code: 'verification.busy' })
    vi.useRealTimers()
  })

  it('leaves the queue when the caller goes', async () => {
    const slots = createVerificationSlots(LIMITS)
    const [first] = await Promise.all([slots.take(target(), never), slots.take(target(), never)])
    const controller = new AbortController()
    const gone = slots.take(target(), controller.signal)
    const next = slots.take(target(), never)
    controller.abort(new Error('gone'))
    await expect(gone).rejects.toThrow('gone')
    if (first !== undefined) free(first)
    expect(await isPending(next)).toBe(false)
    await expect(slots.take(target(), controller.signal)).rejects.toThrow('gone')
  })
})
