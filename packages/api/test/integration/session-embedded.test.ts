import { MaildockError } from '@maildock/core'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useTestDatabase } from '@maildock/testkit'
import type { Session } from '../../src/session-gate.ts'
import {
  cookieOf,
  countPasswordWork,
  freshAddress,
  freshNetwork,
  LAPTOP,
  openSessionProcess,
  PASSWORD,
  PHONE,
  type SessionProcess,
} from './session-world.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u
const OTHER_PASSWORD = 'another horse, another battery'
const gone = { code: 'session.expired' }

const database = useTestDatabase()
const passwords = countPasswordWork()
let one: SessionProcess
/** Shares nothing with the first but the database. */
let two: SessionProcess

beforeAll(() => {
  one = openSessionProcess(database.connectionString, { passwords })
  two = openSessionProcess(database.connectionString)
})

afterAll(async () => {
  await one[Symbol.asyncDispose]()
  await two[Symbol.asyncDispose]()
})

async function signUp(email = freshAddress()) {
  const { user, setCookie } = await one.signIn.signUp({ email, password: PASSWORD }, { ...LAPTOP, ipAddress: freshNetwork() })
  return { email, user, setCookie, session: await one.session(setCookie) }
}

const signIn = async (email: string, password = PASSWORD, origin = PHONE) => await one.signIn.signIn({ email, password }, origin)

const change = async (session: Session, currentPassword = PASSWORD, process = one) =>
  await process.signIn.changePassword(session, { currentPassword, newPassword: OTHER_PASSWORD }, LAPTOP)

/** What another process finds behind a cookie: a user's id, or the code of the refusal. */
async function lookUp(setCookie: string): Promise<string | undefined> {
  try {
    return (await two.authenticate(setCookie))?.userId
  } catch (error) {
    if (error instanceof MaildockError) return error.code
    throw error
  }
}

describe('sign-up: a new user', () => {
  it('is signed in, on every process', async () => {
    const { user, setCookie } = await signUp('Ada.Lovelace@Example.com')
    expect(user.id).toMatch(UUID)
    expect(user.email).toBe('ada.lovelace@example.com')
    for (const process of [one, two]) {
      expect(await process.authenticate(setCookie)).toMatchObject({ userId: user.id, email: user.email, plan: null, via: 'cookie' })
    }
  })

  it('gets a token of the kind that an identity provider issues', async () => {
    const { user, setCookie, session } = await signUp()
    const claims = decodeJwt(cookieOf(setCookie).replace('sb-access-token=', ''))
    expect(claims).toMatchObject({
      sub: user.id,
      iss: 'maildock',
      aud: 'authenticated',
      role: 'authenticated',
      session_id: session.sessionId,
    })
    const response = await one.gate.authenticate({
      cookieHeader: undefined,
      authorizationHeader: `Bearer ${cookieOf(setCookie).replace('sb-access-token=', '')}`,
    })
    expect(response).toEqual({ ...session, via: 'bearer' })
  })

  it('gets a cookie out of reach for scripts and foreign forms', async () => {
    const { setCookie } = await signUp()
    expect(setCookie).toMatch(/^sb-access-token=[\w.-]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/u)
  })

  it('gets a cookie that never travels over plain HTTP where the address is https', async () => {
    await using secure = openSessionProcess(database.connectionString, { publicUrl: 'https://mail.example' })
    const { setCookie } = await secure.signIn.signUp({ email: freshAddress(), password: PASSWORD }, LAPTOP)
    expect(setCookie).toMatch(/; Secure$/u)
  })

  it('is stored with an Argon2id hash of the documented cost, and without the password', async () => {
    const { user } = await signUp()
    const { rows } = await one.pool.query<{ password: string }>('SELECT password FROM auth.account WHERE user_id = $1', [user.id])
    expect(rows[0]?.password).toMatch(/^\$argon2id\$v=19\$m=32768,t=3,p=1\$/u)
    const { rows: dump } = await one.pool.query('SELECT s.*, u.*, a.* FROM auth.session s, auth."user" u, auth.account a')
    expect(JSON.stringify(dump)).not.toContain(PASSWORD)
  })

  it.each(['pässwörter 🔑🔑', '          ', '\u0000\u0001 control characters', '密码密码密码密码密码', 'a'.repeat(128)])(
    'may have the password %j',
    async (password) => {
      const email = freshAddress()
      await one.signIn.signUp({ email, password }, { ...LAPTOP, ipAddress: '198.51.100.7' })
      expect((await signIn(email, password)).user.email).toBe(email)
    },
  )
})

describe('sign-up: a taken address', () => {
  it('is refused without a reason, whatever its case', async () => {
    const { email } = await signUp()
    const again = one.signIn.signUp({ email: email.toUpperCase(), password: OTHER_PASSWORD }, PHONE)
    await expect(again).rejects.toMatchObject({ code: 'sign_up.failed' })
    await expect(signIn(email, OTHER_PASSWORD)).rejects.toMatchObject({ code: 'sign_in.failed' })
    expect((await signIn(email)).user.email).toBe(email)
  })

  it('becomes one user when two processes store it at once', async () => {
    const email = freshAddress()
    const input = { email, password: PASSWORD }
    const outcomes = await Promise.allSettled([
      one.signIn.signUp(input, LAPTOP),
      two.signIn.signUp(input, LAPTOP),
      one.signIn.signUp(input, PHONE),
      two.signIn.signUp(input, PHONE),
    ])
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason as unknown)
    expect(refused).toHaveLength(3)
    for (const reason of refused) expect(reason).toMatchObject({ code: 'sign_up.failed' })
    const { rows } = await one.pool.query('SELECT 1 FROM auth.session s JOIN auth."user" u ON u.id = s.user_id WHERE u.email = $1', [email])
    expect(rows).toHaveLength(1)
  })
})

describe('sign-up: closed', () => {
  it('is refused before anything is looked at', async () => {
    await using closed = openSessionProcess(database.connectionString, { mode: { signUp: 'closed' } })
    expect(closed.signIn.canSignUp).toBe(false)
    await expect(closed.signIn.signUp({ email: freshAddress(), password: PASSWORD }, LAPTOP)).rejects.toMatchObject({
      code: 'sign_up.closed',
    })
  })
})

describe('sign-in: the right password', () => {
  it('begins a session of its own', async () => {
    const { email, session } = await signUp()
    const other = await one.session((await signIn(email)).setCookie)
    expect(other.userId).toBe(session.userId)
    expect(other.sessionId).not.toBe(session.sessionId)
  })

  it('is the same however its characters are composed', async () => {
    const email = freshAddress()
    await one.signIn.signUp({ email, password: 'cafe\u0301 cafe\u0301' }, LAPTOP)
    expect((await signIn(email, 'caf\u00e9 caf\u00e9')).user.email).toBe(email)
  })
})

describe('sign-in: refused', () => {
  const refused = { code: 'sign_in.failed', message: 'This e-mail address and password do not belong together.', details: undefined }

  it('tells unknown users and wrong passwords the same, after the same work', async () => {
    const { email } = await signUp()
    const before = passwords.computed()
    await expect(signIn(email, 'a wrong password')).rejects.toMatchObject(refused)
    const afterWrong = passwords.computed()
    await expect(signIn(freshAddress(), 'a wrong password')).rejects.toMatchObject(refused)
    expect({ wrong: afterWrong - before, unknown: passwords.computed() - afterWrong }).toEqual({ wrong: 1, unknown: 1 })
  })

  it('does the same work for a user without a password', async () => {
    const { email, user } = await signUp()
    await one.pool.query('UPDATE auth.account SET password = NULL WHERE user_id = $1', [user.id])
    const before = passwords.computed()
    await expect(signIn(email)).rejects.toMatchObject(refused)
    expect(passwords.computed() - before).toBe(1)
  })

  it('leaves no session behind', async () => {
    const { email, user } = await signUp()
    await expect(signIn(email, 'a wrong password')).rejects.toMatchObject(refused)
    const { rows } = await one.pool.query('SELECT 1 FROM auth.session WHERE user_id = $1', [user.id])
    expect(rows).toHaveLength(1)
  })

  it('with the right password but another pepper', async () => {
    const { email } = await signUp()
    await using peppered = openSessionProcess(database.connectionString, { mode: { passwordPepper: 'kept in a file' } })
    await expect(peppered.signIn.signIn({ email, password: PASSWORD }, PHONE)).rejects.toMatchObject(refused)
  })
})

describe('sign-out', () => {
  it('ends the session at once, on every process, and clears the cookie', async () => {
    const { setCookie, session } = await signUp()
    expect(await two.authenticate(setCookie)).not.toBeNull()
    const cleared = await one.signIn.signOut(session)
    expect(cleared.setCookie).toBe('sb-access-token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax')
    await expect(two.authenticate(setCookie)).rejects.toMatchObject(gone)
    await expect(one.authenticate(setCookie)).rejects.toMatchObject(gone)
    expect(await one.authenticate(cleared.setCookie)).toBeNull()
  })

  it('can be repeated, and works without a session', async () => {
    const { session } = await signUp()
    await one.signIn.signOut(session)
    await one.signIn.signOut(session)
    expect((await one.signIn.signOut(null)).setCookie).toContain('Max-Age=0')
  })
})

describe('changing the password', () => {
  it('replaces it, ends every session at once, and renews the one that asks', async () => {
    const { email, setCookie, session } = await signUp()
    const phone = await signIn(email)
    const renewed = await change(session)

    for (const old of [setCookie, phone.setCookie]) await expect(two.authenticate(old)).rejects.toMatchObject(gone)
    expect(await two.authenticate(renewed.setCookie)).toMatchObject({ userId: session.userId, email })
    await expect(signIn(email)).rejects.toMatchObject({ code: 'sign_in.failed' })
    expect((await signIn(email, OTHER_PASSWORD)).user.email).toBe(email)
  })

  it('refuses a wrong current password and changes nothing', async () => {
    const { email, setCookie, session } = await signUp()
    await expect(change(session, 'a wrong password')).rejects.toMatchObject({ code: 'password.wrong' })
    expect(await one.authenticate(setCookie)).not.toBeNull()
    expect((await signIn(email)).user.email).toBe(email)
  })

  it('happens once when two sessions ask at once', async () => {
    const { email, session } = await signUp()
    const phone = await one.session((await signIn(email)).setCookie)
    const outcomes = await Promise.allSettled([change(session), change(phone, PASSWORD, two)])
    expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await one.signIn.list(session)).toHaveLength(1)
  })

  it('leaves no session of a sign-in that was under way with the old password', async () => {
    const { email, session } = await signUp()
    const [changed, ...signIns] = await Promise.allSettled([
      change(session),
      signIn(email, PASSWORD, LAPTOP),
      two.signIn.signIn({ email, password: PASSWORD }, LAPTOP),
      two.signIn.signIn({ email, password: PASSWORD }, PHONE),
    ])
    expect(changed.status).toBe('fulfilled')
    const found = signIns.map(async (outcome) => (outcome.status === 'fulfilled' ? await lookUp(outcome.value.setCookie) : 'refused'))
    for (const what of await Promise.all(found)) expect(['refused', 'session.expired']).toContain(what)
    expect(await one.signIn.list(session)).toHaveLength(1)
  })

  it('is throttled, and by the user, not by where the attempts come from', async () => {
    const { session } = await signUp()
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(change(session, 'a wrong password', attempt % 2 === 0 ? one : two)).rejects.toMatchObject({ code: 'password.wrong' })
    }
    await expect(change(session)).rejects.toMatchObject({ code: 'rate.limited', retryAfterSeconds: expect.any(Number) as number })
  })
})

describe('the list of sessions', () => {
  it('shows the own ones, newest first, and which one asks', async () => {
    const { email, session } = await signUp()
    const phone = await one.session((await signIn(email)).setCookie)
    await signUp()
    const list = await two.signIn.list(phone)
    expect(list).toEqual([
      {
        id: phone.sessionId,
        createdAt: expect.any(Date) as Date,
        lastSeenAt: expect.any(Date) as Date,
        userAgent: 'Phone/2.0',
        current: true,
      },
      {
        id: session.sessionId,
        createdAt: expect.any(Date) as Date,
        lastSeenAt: expect.any(Date) as Date,
        userAgent: 'Laptop/1.0',
        current: false,
      },
    ])
  })

  it('shows hostile user agents as one bounded line, and none as none', async () => {
    const email = freshAddress()
    await one.signIn.signUp({ email, password: PASSWORD }, { ...LAPTOP, userAgent: `evil\r\n\u202e${'x'.repeat(5000)}\u0000` })
    const last = await one.session((await signIn(email, PASSWORD, { ...PHONE, userAgent: null })).setCookie)
    const [without, hostile] = await one.signIn.list(last)
    expect(without?.userAgent).toBeNull()
    expect(hostile?.userAgent).toMatch(/^evil x+…$/u)
    expect(hostile?.userAgent?.length).toBe(300)
  })
})

describe('revoking', () => {
  it('ends one other session at once, on every process', async () => {
    const { email, session, setCookie } = await signUp()
    const phone = await signIn(email)
    const { sessionId } = await one.session(phone.setCookie)
    expect(await one.signIn.revoke(session, String(sessionId).toUpperCase())).toEqual({ setCookie: null })
    await expect(two.authenticate(phone.setCookie)).rejects.toMatchObject(gone)
    expect(await two.authenticate(setCookie)).not.toBeNull()
  })

  it('clears the cookie when the session that asks revokes itself', async () => {
    const { session, setCookie } = await signUp()
    expect((await one.signIn.revoke(session, String(session.sessionId))).setCookie).toContain('Max-Age=0')
    await expect(one.authenticate(setCookie)).rejects.toMatchObject(gone)
  })

  it('ends all others and keeps the one that asks', async () => {
    const { email, session, setCookie } = await signUp()
    const others = [await signIn(email), await signIn(email)]
    expect(await one.signIn.revokeOthers(session)).toBe(2)
    for (const other of others) await expect(two.authenticate(other.setCookie)).rejects.toMatchObject(gone)
    expect(await two.authenticate(setCookie)).not.toBeNull()
  })

  it.each(['0198c0de-0000-7000-8000-00000000ffff', 'not a UUID', '', "' OR 1=1 --"])('does not find %j', async (id) => {
    const { session } = await signUp()
    await expect(one.signIn.revoke(session, id)).rejects.toMatchObject({ code: 'session.not_found' })
  })

  it("does not find somebody else's session, and leaves it alone", async () => {
    const ada = await signUp()
    const mallory = await signUp()
    await expect(one.signIn.revoke(mallory.session, String(ada.session.sessionId))).rejects.toMatchObject({ code: 'session.not_found' })
    expect(await one.authenticate(ada.setCookie)).not.toBeNull()
  })
})

describe('deleting a user', () => {
  it('ends their sessions at once', async () => {
    const { user, setCookie } = await signUp()
    await one.pool.query('DELETE FROM auth."user" WHERE id = $1', [user.id])
    await expect(two.authenticate(setCookie)).rejects.toMatchObject(gone)
  })
})
