import { MaildockError } from '@maildock/core'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  cheapHasher,
  countPasswordWork,
  freshAddress,
  freshNetwork,
  openSessionProcess,
  PASSWORD,
  type CountingHasher,
  type SessionProcess,
} from './session-world.ts'

const START = new Date('2026-01-15T10:00:00Z')
const TRIES = 1000

const database = useTestDatabase()
let passwords: CountingHasher
let one: SessionProcess
/** Counts for itself nothing: what it knows of attempts it has from the database. */
let two: SessionProcess

beforeAll(() => {
  passwords = countPasswordWork(cheapHasher)
  one = openSessionProcess(database.connectionString, { passwords })
  two = openSessionProcess(database.connectionString, { passwords })
})

afterAll(async () => {
  await one[Symbol.asyncDispose]()
  await two[Symbol.asyncDispose]()
})

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  await one.pool.query('TRUNCATE auth.attempt')
})

afterEach(() => {
  vi.useRealTimers()
})

const atSecond = (second: number) => vi.setSystemTime(START.getTime() + second * 1000)

async function signUp(email = freshAddress()): Promise<string> {
  await one.signIn.signUp({ email, password: PASSWORD }, { ipAddress: freshNetwork(), userAgent: null })
  return email
}

interface Try {
  readonly email: string
  readonly ipAddress: string
  readonly password?: string
}

/** The code a try is answered with, and the seconds to wait. */
async function attempt(process: SessionProcess, { email, ipAddress, password = 'a wrong password' }: Try) {
  try {
    await process.signIn.signIn({ email, password }, { ipAddress, userAgent: null })
    return { code: 'signed in', wait: undefined }
  } catch (error) {
    if (error instanceof MaildockError) return { code: error.code, wait: error.retryAfterSeconds }
    throw error
  }
}

/** Tries once a second, on either process in turn. The seconds at which a password was really checked. */
async function tryForThousandSeconds(next: (second: number) => Try): Promise<number[]> {
  const checkedAt: number[] = []
  for (let second = 0; second < TRIES; second += 1) {
    atSecond(second)
    const before = passwords.computed()
    const { code } = await attempt(second % 2 === 0 ? one : two, next(second))
    const checked = passwords.computed() > before
    expect(code).toBe(checked ? 'sign_in.failed' : 'rate.limited')
    if (checked) checkedAt.push(second)
  }
  return checkedAt
}

const from = (start: number, count: number) => Array.from({ length: count }, (_, index) => start + index)

describe('S23: a thousand tries', () => {
  it('from one place at one address: 5, then a minute, then a quarter of an hour; who goes on is shut out altogether', async () => {
    const email = await signUp()
    const checkedAt = await tryForThousandSeconds(() => ({ email, ipAddress: '192.0.2.1' }))
    expect(checkedAt).toEqual([...from(0, 5), ...from(300, 5), ...from(900, 5)])
  })

  it('at an address that nobody has: the same curve, so that the lock tells nothing', async () => {
    const email = freshAddress()
    const checkedAt = await tryForThousandSeconds(() => ({ email, ipAddress: '192.0.2.1' }))
    expect(checkedAt).toEqual([...from(0, 5), ...from(300, 5), ...from(900, 5)])
  })

  it('from a thousand networks at one address: 30 in a quarter of an hour', async () => {
    const email = await signUp()
    const checkedAt = await tryForThousandSeconds((second) => ({ email, ipAddress: `2001:db8:0:${second.toString(16)}::1` }))
    expect(checkedAt).toEqual([...from(0, 30), ...from(900, 30)])
  })

  it('from one network at a thousand addresses: 50 in five minutes', async () => {
    const checkedAt = await tryForThousandSeconds((second) => ({ email: `victim-${second}@example.com`, ipAddress: '192.0.2.1' }))
    expect(checkedAt).toEqual([...from(0, 50), ...from(300, 50), ...from(600, 50), ...from(900, 50)])
  })

  it('from all addresses of one IPv6 network: counted as one', async () => {
    const email = await signUp()
    const checkedAt = await tryForThousandSeconds((second) => ({ email, ipAddress: `2001:db8::${second.toString(16)}` }))
    expect(checkedAt).toEqual([...from(0, 5), ...from(300, 5), ...from(900, 5)])
  })

  it('all at once on two processes: not one more is checked', async () => {
    const email = await signUp()
    const before = passwords.computed()
    const answers = await Promise.all(
      Array.from({ length: TRIES }, async (_, index) => await attempt(index % 2 === 0 ? one : two, { email, ipAddress: '192.0.2.1' })),
    )
    expect(passwords.computed() - before).toBe(5)
    expect(answers.filter(({ code }) => code === 'rate.limited')).toHaveLength(TRIES - 5)
  })
})

async function lock(): Promise<Try> {
  const locked = { email: await signUp(), ipAddress: '192.0.2.1' }
  for (let index = 0; index < 5; index += 1) await attempt(one, locked)
  return locked
}

describe('a locked person', () => {
  it('is told how long, on every process, and waiting is enough', async () => {
    const locked = await lock()
    expect(await attempt(one, locked)).toEqual({ code: 'rate.limited', wait: 60 })
    atSecond(45)
    expect(await attempt(two, locked)).toEqual({ code: 'rate.limited', wait: 15 })
    atSecond(60)
    expect(await attempt(two, { ...locked, password: PASSWORD })).toEqual({ code: 'signed in', wait: undefined })
  })

  it('is not let in by the right password before that: the lock would tell that it is right', async () => {
    const locked = await lock()
    expect(await attempt(one, { ...locked, password: PASSWORD })).toMatchObject({ code: 'rate.limited' })
  })

  it('can sign in from elsewhere', async () => {
    const locked = await lock()
    expect(await attempt(one, { ...locked, ipAddress: '192.0.2.99', password: PASSWORD })).toMatchObject({ code: 'signed in' })
  })

  it('locks nobody else of the same network', async () => {
    const locked = await lock()
    expect(await attempt(one, { ...locked, email: await signUp(), password: PASSWORD })).toMatchObject({ code: 'signed in' })
  })

  it('starts anew after a success', async () => {
    const person = { email: await signUp(), ipAddress: '192.0.2.1' }
    for (let round = 0; round < 7; round += 1) {
      for (let index = 0; index < 4; index += 1) expect(await attempt(one, person)).toMatchObject({ code: 'sign_in.failed' })
      expect(await attempt(two, { ...person, password: PASSWORD })).toMatchObject({ code: 'signed in' })
    }
  })
})

describe('an attacker with a user of their own', () => {
  it('cannot wash the count of a network clean by signing in in between', async () => {
    const own = { email: await signUp(), ipAddress: '192.0.2.1', password: PASSWORD }
    for (let index = 0; index < 50; index += 1) {
      expect(await attempt(one, { email: `victim-${index}@example.com`, ipAddress: '192.0.2.1' })).toMatchObject({ code: 'sign_in.failed' })
      if (index < 49) await attempt(one, own)
    }
    expect(await attempt(one, own)).toMatchObject({ code: 'rate.limited' })
  })
})

const signUpFrom = async (ipAddress: string, email: string) =>
  await two.signIn.signUp({ email, password: PASSWORD }, { ipAddress, userAgent: null })

describe('signing up', () => {
  it('is counted whether it succeeds or not: 120 from one network in an hour', async () => {
    const taken = await signUp()
    for (let index = 0; index < 60; index += 1) {
      await signUpFrom('192.0.2.7', freshAddress())
      await expect(signUpFrom('192.0.2.7', index < 4 ? taken : await signUp())).rejects.toMatchObject({ code: 'sign_up.failed' })
    }
    await expect(signUpFrom('192.0.2.7', freshAddress())).rejects.toMatchObject({ code: 'rate.limited', retryAfterSeconds: 3600 })
  })

  it('asks for one address at most 5 times in an hour, from wherever', async () => {
    const taken = await signUp()
    for (let index = 0; index < 4; index += 1) {
      await expect(signUpFrom(freshNetwork(), taken)).rejects.toMatchObject({ code: 'sign_up.failed' })
    }
    await expect(signUpFrom(freshNetwork(), taken)).rejects.toMatchObject({ code: 'rate.limited', retryAfterSeconds: 3600 })
  })
})

describe('what is stored of attempts', () => {
  it('names nobody', async () => {
    const email = await signUp()
    await attempt(one, { email, ipAddress: '192.0.2.1' })
    const { rows } = await one.pool.query<{ key: string }>('SELECT key FROM auth.attempt')
    expect(rows.length).toBeGreaterThan(0)
    for (const { key } of rows) expect(key).toMatch(/^(sign-in|sign-up):(network|pair|address):\d+:[\w-]{43}$/u)
  })

  it('is removed by a later sign-in once it counts no more', async () => {
    const email = await signUp()
    await attempt(one, { email: freshAddress(), ipAddress: '192.0.2.1' })
    atSecond(2 * 86_400)
    await attempt(one, { email, ipAddress: '192.0.2.2', password: PASSWORD })
    const { rows } = await one.pool.query('SELECT 1 FROM auth.attempt WHERE expire <= $1', [Date.now()])
    expect(rows).toHaveLength(0)
  })
})
