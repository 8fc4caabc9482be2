import { MaildockError, type Logger, type LogFields } from '@maildock/core'
import { inTransaction, openPool } from '@maildock/db'
import { useTestDatabase } from '@maildock/testkit'
import { getMigrations } from 'better-auth/db/migration'
import { Kysely, PostgresDialect } from 'kysely'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createSessionStore } from '../../src/session/embedded/session-store.ts'
import { signInLibraryOptions } from '../../src/session/embedded/sign-in-library.ts'
import { cheapHasher, freshAddress, freshNetwork, LAPTOP, openSessionProcess, PASSWORD, type SessionProcess } from './session-world.ts'

const database = useTestDatabase()
const lines: string[] = []
const note = (fields: LogFields, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`)
const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger }
let process: SessionProcess

beforeAll(() => {
  process = openSessionProcess(database.connectionString, { passwords: cheapHasher, logger })
})

afterAll(async () => {
  await process[Symbol.asyncDispose]()
})

async function signUp() {
  const email = freshAddress()
  const { setCookie, user } = await process.signIn.signUp({ email, password: PASSWORD }, { ...LAPTOP, ipAddress: freshNetwork() })
  return { email, user, setCookie, session: await process.session(setCookie) }
}

describe('the tables', () => {
  it('are what the sign-in library expects', async () => {
    const pool = openPool({ connectionString: database.connectionString, applicationName: 'schema-test', maxConnections: 2, logger })
    const db = new Kysely({ dialect: new PostgresDialect({ pool }) })
    const plan = await getMigrations({ ...signInLibraryOptions(), database: { db, type: 'postgres', schemaName: 'auth' } })
    await db.destroy()
    expect(plan).toMatchObject({ toBeCreated: [], toBeAdded: [], toBeAddedIndexes: [], unsafeChanges: [], schemaProblems: [] })
  })
})

const begun = async () => {
  const { user, session } = await signUp()
  const { rows } = await process.pool.query<{ password: string; token: string }>(
    'SELECT a.password, s.token FROM auth.account a JOIN auth.session s ON s.user_id = a.user_id WHERE a.user_id = $1',
    [user.id],
  )
  const [row] = rows
  if (row === undefined) throw new Error('The user has no session.')
  return { userId: user.id, session, passwordHash: row.password, token: row.token }
}

describe('a sign-in during a change of the password', () => {
  it('waits for the change, then is refused and leaves no session', async () => {
    const { userId, passwordHash, token } = await begun()
    const store = createSessionStore(process.pool)
    const { confirmed } = await inTransaction(process.pool, async (client) => {
      await client.query('UPDATE auth.account SET password = $2 WHERE user_id = $1', [userId, '$argon2id$new'])
      const pending = store.confirm({ token, passwordHash, userAgent: null })
      await expect
        .poll(async () => {
          const { rowCount } = await process.pool.query(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'WITH credential%'",
          )
          return rowCount
        })
        .toBe(1)
      return { confirmed: pending }
    })
    expect(await confirmed).toBeNull()
    const { rowCount } = await process.pool.query('SELECT 1 FROM auth.session WHERE user_id = $1', [userId])
    expect(rowCount).toBe(0)
  })

  it('counts when nothing changed', async () => {
    const { userId, session, passwordHash, token } = await begun()
    const row = await createSessionStore(process.pool).confirm({ token, passwordHash, userAgent: 'x' })
    expect(row).toMatchObject({ id: session.sessionId, userId })
  })
})

const unreachable = () => {
  const url = new URL(database.connectionString)
  url.port = '1'
  return openSessionProcess(url.href, { passwords: cheapHasher })
}

describe('a database out of reach', () => {
  it('makes a session undecided, never invalid', async () => {
    const { setCookie } = await signUp()
    await using down = unreachable()
    await expect(down.authenticate(setCookie)).rejects.toMatchObject({ code: 'service.unavailable' })
  })

  it('lets nobody try uncounted', async () => {
    await using down = unreachable()
    await expect(down.signIn.signIn({ email: freshAddress(), password: PASSWORD }, LAPTOP)).rejects.toMatchObject({
      code: 'service.unavailable',
    })
    await expect(down.signIn.signUp({ email: freshAddress(), password: PASSWORD }, LAPTOP)).rejects.toMatchObject({
      code: 'service.unavailable',
    })
  })

  it('is not mistaken for a taken address', async () => {
    const email = freshAddress()
    const failing = { ...cheapHasher, hash: async () => await Promise.reject(new MaildockError('service.unavailable')) }
    await using process2 = openSessionProcess(database.connectionString, { passwords: failing })
    await expect(process2.signIn.signUp({ email, password: PASSWORD }, { ...LAPTOP, ipAddress: freshNetwork() })).rejects.toMatchObject({
      code: 'service.unavailable',
    })
    await process.pool.query('ALTER TABLE auth."user" ADD CONSTRAINT broken CHECK (false) NOT VALID')
    const signingUp = process.signIn.signUp({ email, password: PASSWORD }, { ...LAPTOP, ipAddress: freshNetwork() })
    await expect(signingUp).rejects.toThrow('could not store a new user')
    await process.pool.query('ALTER TABLE auth."user" DROP CONSTRAINT broken')
  })

  it('does not end a session when only "last seen" cannot be written', async () => {
    const { setCookie, session } = await signUp()
    const url = new URL(database.connectionString)
    url.searchParams.set('options', '-c default_transaction_read_only=on')
    await using readOnly = openSessionProcess(url.href, { now: () => new Date(Date.now() + 600_000), logger })
    expect(await readOnly.authenticate(setCookie)).toMatchObject({ sessionId: session.sessionId })
    expect(lines.some((line) => line.startsWith('A session could not be marked as seen.'))).toBe(true)
  })
})

describe('what is logged', () => {
  it('names no address and no password, also not by way of the library', async () => {
    const written: string[] = []
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation((...args: unknown[]) => void written.push(JSON.stringify(args))),
    )
    const { email } = await signUp()
    const attempt = { ipAddress: freshNetwork(), userAgent: null }
    await expect(process.signIn.signUp({ email, password: PASSWORD }, attempt)).rejects.toMatchObject({ code: 'sign_up.failed' })
    await expect(process.signIn.signIn({ email, password: 'a wrong password' }, attempt)).rejects.toMatchObject({ code: 'sign_in.failed' })
    await expect(process.signIn.signIn({ email: freshAddress(), password: PASSWORD }, attempt)).rejects.toMatchObject({
      code: 'sign_in.failed',
    })
    for (const spy of spies) spy.mockRestore()
    expect(written).toEqual([])
    expect(lines.join('\n')).not.toMatch(/@example\.com|horse|wrong password/u)
  })
})
