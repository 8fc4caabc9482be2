import { createHmac } from 'node:crypto'
import { useTestDatabase } from '@maildock/testkit'
import { SignJWT, type JWTPayload } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  cheapHasher,
  cookieOf,
  freshAddress,
  freshNetwork,
  openSessionProcess,
  PASSWORD,
  SECRET,
  type SessionProcess,
} from './session-world.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const database = useTestDatabase()
let nowMs = Date.now()
let process: SessionProcess

beforeAll(() => {
  process = openSessionProcess(database.connectionString, { passwords: cheapHasher, now: () => new Date(nowMs) })
})

afterAll(async () => {
  await process[Symbol.asyncDispose]()
})

async function signUp() {
  nowMs = Date.now()
  const origin = { ipAddress: freshNetwork(), userAgent: null }
  const { setCookie, user } = await process.signIn.signUp({ email: freshAddress(), password: PASSWORD }, origin)
  const session = await process.session(setCookie)
  return { setCookie, user, session, token: cookieOf(setCookie).replace('sb-access-token=', '') }
}

async function lastSeen(setCookie: string): Promise<number | undefined> {
  const [item] = await process.signIn.list(await process.session(setCookie))
  return item?.lastSeenAt.getTime()
}

describe('a session that is used', () => {
  it('is seen, to within five minutes, and costs no write in between', async () => {
    const { setCookie } = await signUp()
    const first = await lastSeen(setCookie)
    nowMs += 4 * MINUTE
    expect(await lastSeen(setCookie)).toBe(first)
    nowMs += 2 * MINUTE
    expect(await lastSeen(setCookie)).toBe(nowMs)
  })

  it('goes on for 180 days and not longer', async () => {
    const { setCookie, session } = await signUp()
    for (let day = 20; day < 180; day += 20) {
      nowMs += 20 * DAY
      expect(await process.authenticate(setCookie)).toMatchObject({ sessionId: session.sessionId })
    }
    nowMs += 20 * DAY + MINUTE
    await expect(process.authenticate(setCookie)).rejects.toMatchObject({ code: 'session.expired' })
  })

  it('tells streams when it will be over', async () => {
    const { setCookie, session } = await signUp()
    expect(session.expiresAt.getTime() - nowMs).toBeGreaterThan(30 * DAY - MINUTE)
    nowMs += 29 * DAY
    const { expiresAt } = await process.session(setCookie)
    expect(expiresAt.getTime()).toBe(nowMs + 30 * DAY)
  })
})

describe('a session that is not used', () => {
  it('is over after 30 days, and is not listed any more', async () => {
    const { setCookie, session } = await signUp()
    nowMs += 30 * DAY + MINUTE
    await expect(process.authenticate(setCookie)).rejects.toMatchObject({ code: 'session.expired' })
    expect(await process.signIn.list(session)).toEqual([])
  })
})

const sign = async (claims: JWTPayload) =>
  await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(SECRET))
const ask = async (token: string) => await process.gate.authenticate({ cookieHeader: undefined, authorizationHeader: `Bearer ${token}` })
const claimsOf = (userId: string, sessionId: string | null): JWTPayload => ({
  sub: userId,
  session_id: sessionId,
  iss: 'maildock',
  aud: 'authenticated',
  exp: Math.floor(nowMs / 1000) + 60,
})

describe('S21: a token signed by our own secret', () => {
  it('is good only for the user of its session', async () => {
    const ada = await signUp()
    const mallory = await signUp()
    expect(await ask(await sign(claimsOf(ada.user.id, ada.session.sessionId)))).toMatchObject({ userId: ada.user.id })
    await expect(ask(await sign(claimsOf(ada.user.id, mallory.session.sessionId)))).rejects.toMatchObject({ code: 'session.expired' })
  })

  it('names a session, or is not valid', async () => {
    const { user } = await signUp()
    for (const sessionId of [null, 'no UUID']) {
      await expect(ask(await sign(claimsOf(user.id, sessionId)))).rejects.toMatchObject({ code: 'session.invalid' })
    }
  })

  it('is worth nothing after its secret was replaced', async () => {
    const { setCookie } = await signUp()
    await using replaced = openSessionProcess(database.connectionString, { mode: { secret: 'another secret, also longer than 32 octets' } })
    await expect(replaced.authenticate(setCookie)).rejects.toMatchObject({ code: 'session.invalid' })
  })

  it('cannot have its claims exchanged', async () => {
    const ada = await signUp()
    const mallory = await signUp()
    const [header, , signature] = mallory.token.split('.')
    const [, adasClaims] = ada.token.split('.')
    await expect(ask(`${header}.${adasClaims}.${signature}`)).rejects.toMatchObject({ code: 'session.invalid' })
    const forged = createHmac('sha256', '').update(`${header}.${adasClaims}`).digest('base64url')
    await expect(ask(`${header}.${adasClaims}.${forged}`)).rejects.toMatchObject({ code: 'session.invalid' })
  })
})
