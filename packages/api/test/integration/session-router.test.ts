import { randomUUID } from 'node:crypto'
import { MaildockError, silentLogger } from '@maildock/core'
import { useTestDatabase } from '@maildock/testkit'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApiRuntime } from '../../src/api-runtime.ts'
import { toMaildockError } from '../../src/errors/to-maildock-error.ts'
import { createSessions } from '../../src/session/create-sessions.ts'
import { sessionRouter } from '../../src/session/session-router.ts'
import type { Session, SessionGate } from '../../src/session-gate.ts'
import { createCallerFactory } from '../../src/trpc.ts'
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

const plans = { free: {}, pro: {} } as unknown as ApiRuntime['plans']
const nobody = { user: null, plan: null, canSignIn: true, canSignUp: true }
const createCaller = createCallerFactory(sessionRouter)

const database = useTestDatabase()
let process: SessionProcess

beforeAll(() => {
  process = openSessionProcess(database.connectionString, { passwords: cheapHasher })
})

afterAll(async () => {
  await process[Symbol.asyncDispose]()
})

/** A browser of one person: keeps the cookie it is given and sends it along. Each call is a request of its own. */
function openBrowser(sessions: SessionGate = process.gate, cookie?: string) {
  let jar = cookie
  const ipAddress = freshNetwork()
  const call = () => {
    let session: Promise<Session | null> | undefined
    const authenticateAgain = async () => await sessions.authenticate({ cookieHeader: jar, authorizationHeader: undefined })
    return createCaller({
      runtime: { sessions, plans, defaultPlan: 'free' } as ApiRuntime,
      requestId: randomUUID(),
      origin: { ipAddress, userAgent: 'Browser/1.0' },
      signal: new AbortController().signal,
      authenticate: async () => await (session ??= authenticateAgain()),
      authenticateAgain,
      authenticateKey: async () => null,
      hasServiceKey: () => false,
      isSandbox: () => false,
      setHeaders: () => undefined,
      setCookie: (value) => {
        jar = cookieOf(value)
      },
    })
  }
  return { call, cookie: () => jar }
}

type Browser = ReturnType<typeof openBrowser>

async function openSignedUp(): Promise<Browser & { readonly email: string }> {
  const browser = openBrowser()
  const email = freshAddress()
  await browser.call().signUp({ email, password: PASSWORD })
  return { ...browser, email }
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'no error'
  } catch (error) {
    return toMaildockError(error).code
  }
}

async function fieldsOf(call: Promise<unknown>): Promise<string[]> {
  try {
    await call
    return []
  } catch (error) {
    const { code, details } = toMaildockError(error)
    return code !== 'validation.failed' ? [code] : Object.keys((details as { readonly fieldErrors: object }).fieldErrors)
  }
}

describe('session.current', () => {
  it('tells nobody without a session, and what may be done about it', async () => {
    expect(await openBrowser().call().current()).toEqual(nobody)
  })

  it('tells who is signed in, and the plan in force', async () => {
    const browser = await openSignedUp()
    expect(await browser.call().current()).toEqual({
      user: { id: expect.any(String) as string, email: browser.email },
      plan: 'free',
      canSignIn: true,
      canSignUp: true,
    })
  })

  it.each(['sb-access-token=rubbish', 'sb-access-token=a; sb-access-token=b'])('tells nobody by the cookie %s', async (cookie) => {
    expect(await openBrowser(process.gate, cookie).call().current()).toEqual(nobody)
  })

  it('stays an error when nobody can know', async () => {
    const gate: SessionGate = { embedded: null, authenticate: async () => await Promise.reject(new MaildockError('service.unavailable')) }
    expect(await codeOf(openBrowser(gate).call().current())).toBe('service.unavailable')
  })

  it('tells that sign-up is closed', async () => {
    await using closed = openSessionProcess(database.connectionString, { mode: { signUp: 'closed' } })
    expect(await openBrowser(closed.gate).call().current()).toEqual({ ...nobody, canSignUp: false })
  })
})

describe('session.signUp', () => {
  it('signs in, and answers like session.current', async () => {
    const browser = openBrowser()
    const email = freshAddress()
    const answer = await browser.call().signUp({ email: `  ${email.toUpperCase()} `, password: PASSWORD, name: 'Ada' })
    expect(answer.user?.email).toBe(email)
    expect(await browser.call().current()).toEqual(answer)
  })

  it.each([
    ['no address', { email: '', password: PASSWORD }, ['email']],
    ['no domain', { email: 'ada', password: PASSWORD }, ['email']],
    ['an address nobody can type everywhere', { email: 'ädä@exämple.com', password: PASSWORD }, ['email']],
    ['an address with a line break', { email: 'ada@example.com\r\nx: y', password: PASSWORD }, ['email']],
    ['300 characters of address', { email: `${'a'.repeat(300)}@example.com`, password: PASSWORD }, ['email']],
    ['a short password', { email: 'ada@example.com', password: '123456789' }, ['password']],
    ['an endless password', { email: 'ada@example.com', password: 'a'.repeat(129) }, ['password']],
    ['half a character', { email: 'ada@example.com', password: `${'a'.repeat(10)}\ud800` }, ['password']],
    ['nothing', {}, ['email', 'password']],
    ['objects', { email: { contains: '@' }, password: { $ne: '' } }, ['email', 'password']],
    ['numbers', { email: 1, password: 2 }, ['email', 'password']],
    ['a name with a control character', { email: 'ada@example.com', password: PASSWORD, name: 'a\u0007' }, ['name']],
  ])('refuses %s by field', async (_, input, fields) => {
    expect(
      await fieldsOf(
        openBrowser()
          .call()
          .signUp(input as never),
      ),
    ).toEqual(fields)
  })

  it('takes no fields that a caller should not set', async () => {
    const input = { email: freshAddress(), password: PASSWORD, id: randomUUID(), emailVerified: true, plan: 'pro' }
    expect(await codeOf(openBrowser().call().signUp(input))).toBe('validation.failed')
  })

  it('refuses a taken address', async () => {
    const { email } = await openSignedUp()
    const browser = openBrowser()
    expect(await codeOf(browser.call().signUp({ email, password: PASSWORD }))).toBe('sign_up.failed')
    expect(browser.cookie()).toBeUndefined()
  })
})

describe('session.signIn', () => {
  it('signs in', async () => {
    const { email } = await openSignedUp()
    const browser = openBrowser()
    const answer = await browser.call().signIn({ email: email.toUpperCase(), password: PASSWORD })
    expect(await browser.call().current()).toEqual(answer)
  })

  it('gives the browser a new session and ends the one it had', async () => {
    const browser = await openSignedUp()
    const before = browser.cookie()
    await browser.call().signIn({ email: browser.email, password: PASSWORD })
    expect(browser.cookie()).not.toBe(before)
    expect(await openBrowser(process.gate, before).call().current()).toEqual(nobody)
    expect(await browser.call().list()).toHaveLength(1)
  })

  it.each([
    ['a wrong password', 'a wrong password'],
    ['a password that is too short to be one', 'x'],
  ])('refuses %s', async (_, password) => {
    const { email } = await openSignedUp()
    const browser = openBrowser()
    expect(await codeOf(browser.call().signIn({ email, password }))).toBe('sign_in.failed')
    expect(browser.cookie()).toBeUndefined()
  })

  it('refuses an unknown address in the same words', async () => {
    expect(await codeOf(openBrowser().call().signIn({ email: freshAddress(), password: PASSWORD }))).toBe('sign_in.failed')
  })

  it('keeps the session it had when it is refused', async () => {
    const browser = await openSignedUp()
    await codeOf(browser.call().signIn({ email: browser.email, password: 'a wrong password' }))
    expect((await browser.call().current()).user?.email).toBe(browser.email)
  })

  it('tells how long to wait after too many tries', async () => {
    const { email } = await openSignedUp()
    const browser = openBrowser()
    for (let index = 0; index < 5; index += 1) await codeOf(browser.call().signIn({ email, password: 'a wrong password' }))
    expect(await codeOf(browser.call().signIn({ email, password: PASSWORD }))).toBe('rate.limited')
  })
})

describe('session.signOut', () => {
  it('ends the session and the cookie', async () => {
    const browser = await openSignedUp()
    const before = browser.cookie()
    expect(await browser.call().signOut()).toEqual(nobody)
    expect(browser.cookie()).toBe('sb-access-token=')
    expect(await openBrowser(process.gate, before).call().current()).toEqual(nobody)
  })

  it('works without a session, and with one that is over', async () => {
    expect(await openBrowser().call().signOut()).toEqual(nobody)
    const stale = openBrowser(process.gate, 'sb-access-token=rubbish')
    expect(await stale.call().signOut()).toEqual(nobody)
    expect(stale.cookie()).toBe('sb-access-token=')
  })
})

describe('session.changePassword', () => {
  const newPassword = 'another horse, another battery'

  it('goes on with a new session and ends the others', async () => {
    const browser = await openSignedUp()
    const other = openBrowser()
    await other.call().signIn({ email: browser.email, password: PASSWORD })
    const answer = await browser.call().changePassword({ currentPassword: PASSWORD, newPassword })
    expect(await browser.call().current()).toEqual(answer)
    expect(await other.call().current()).toEqual(nobody)
  })

  it('refuses a wrong current password', async () => {
    const browser = await openSignedUp()
    expect(await codeOf(browser.call().changePassword({ currentPassword: 'wrong', newPassword }))).toBe('password.wrong')
  })

  it('refuses a short new one by field', async () => {
    const browser = await openSignedUp()
    expect(await fieldsOf(browser.call().changePassword({ currentPassword: PASSWORD, newPassword: 'short' }))).toEqual(['newPassword'])
  })
})

describe('session.list, revoke and revokeOthers', () => {
  it('show and end the sessions of the person who asks', async () => {
    const browser = await openSignedUp()
    const others = [openBrowser(), openBrowser()]
    for (const other of others) await other.call().signIn({ email: browser.email, password: PASSWORD })
    const list = await browser.call().list()
    expect(list.map(({ current, userAgent }) => ({ current, userAgent }))).toEqual([
      { current: false, userAgent: 'Browser/1.0' },
      { current: false, userAgent: 'Browser/1.0' },
      { current: true, userAgent: 'Browser/1.0' },
    ])
    const id = String(list[0]?.id)
    expect(await browser.call().revoke({ id })).toEqual({ id })
    expect(await browser.call().revokeOthers()).toEqual({ revoked: 1 })
    for (const other of others) expect(await other.call().current()).toEqual(nobody)
    expect(await browser.call().list()).toHaveLength(1)
  })

  it('sign out when the own session is revoked', async () => {
    const browser = await openSignedUp()
    const [own] = await browser.call().list()
    await browser.call().revoke({ id: String(own?.id) })
    expect(browser.cookie()).toBe('sb-access-token=')
  })

  it("do not find somebody else's session", async () => {
    const [own] = await (await openSignedUp()).call().list()
    const mallory = await openSignedUp()
    expect(await codeOf(mallory.call().revoke({ id: String(own?.id) }))).toBe('session.not_found')
  })
})

describe('without a session', () => {
  it.each<[string, (browser: Browser) => Promise<unknown>]>([
    ['changePassword', async ({ call }) => await call().changePassword({ currentPassword: PASSWORD, newPassword: PASSWORD })],
    ['list', async ({ call }) => await call().list()],
    ['revoke', async ({ call }) => await call().revoke({ id: randomUUID() })],
    ['revokeOthers', async ({ call }) => await call().revokeOthers()],
  ])('%s is refused', async (_, ask) => {
    expect(await codeOf(ask(openBrowser()))).toBe('session.missing')
    expect(await codeOf(ask(openBrowser(process.gate, 'sb-access-token=rubbish')))).toBe('session.invalid')
  })
})

describe('with an identity provider', () => {
  const userId = randomUUID()
  const { gate, signIn } = createSessions({
    mode: { kind: 'secret', secret: SECRET, issuer: 'https://id.example', audience: 'authenticated' },
    get pool(): never {
      throw new Error('An external issuer needs no database.')
    },
    publicUrl: 'http://localhost:3000',
    logger: silentLogger,
  })

  const openProvided = async (plan: string) => {
    const token = await new SignJWT({ email: 'ada@example.com', app_metadata: { plan } })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(userId)
      .setIssuer('https://id.example')
      .setAudience('authenticated')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(SECRET))
    return openBrowser(gate, `sb-access-token=${token}`)
  }

  it('current tells the user of its token, and that nobody signs in here', async () => {
    expect(signIn).toBeNull()
    expect(await (await openProvided('pro')).call().current()).toEqual({
      user: { id: userId, email: 'ada@example.com' },
      plan: 'pro',
      canSignIn: false,
      canSignUp: false,
    })
  })

  it.each(['gold', 'toString'])('the plan %s is not configured, so the default is in force', async (plan) => {
    expect((await (await openProvided(plan)).call().current()).plan).toBe('free')
  })

  it('everything else is not served', async () => {
    const { call } = await openProvided('pro')
    const input = { email: freshAddress(), password: PASSWORD }
    const calls = [
      call().signUp(input),
      call().signIn(input),
      call().signOut(),
      call().changePassword({ currentPassword: PASSWORD, newPassword: PASSWORD }),
      call().list(),
      call().revoke({ id: randomUUID() }),
      call().revokeOthers(),
    ]
    for (const asked of calls) expect(await codeOf(asked)).toBe('sign_in.unavailable')
  })
})
