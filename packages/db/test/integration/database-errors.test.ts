import { silentLogger } from '@maildock/core'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  inTransaction,
  isTransientDatabaseError,
  isUniqueViolation,
  newId,
  openDatabase,
  openPool,
  prismaExecutor,
  readDatabaseError,
  type Database,
} from '../../src/index.ts'
import { openRelay } from './open-relay.ts'

const { connectionString } = useTestDatabase()
let database: Database

beforeAll(() => {
  database = openDatabase({
    connectionString,
    applicationName: 'error-test',
    maxConnections: 4,
    logger: silentLogger,
    statementTimeoutMs: 2_000,
  })
})
afterAll(() => database[Symbol.asyncDispose]())

function accountData() {
  const id = newId()
  const server = { imapHost: 'h', imapPort: 993, imapTls: 'implicit', smtpHost: 'h', smtpPort: 465, smtpTls: 'implicit' }
  return { id, userId: newId(), email: `${id}@mail.test`, emailKey: `${id}@mail.test`, imapUsername: 'u', smtpUsername: 'u', ...server }
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => null,
    (error: unknown) => error,
  )
}

describe('errors of a real database, told apart', () => {
  test('a taken address, through Prisma and through SQL inside Prisma', async () => {
    const account = await database.prisma.account.create({ data: accountData() })
    const again = { ...account, id: newId() }
    expect(isUniqueViolation(await errorOf(database.prisma.account.create({ data: again })), 'account_user_email_key')).toBe(true)
    const bySql = database.prisma.$transaction((tx) =>
      prismaExecutor(tx).query('UPDATE account SET id = id, email_key = $1::text, user_id = $2::uuid WHERE id = $3::uuid', [
        account.emailKey,
        account.userId,
        account.id,
      ]),
    )
    expect(await errorOf(bySql)).toBeNull()
    const violation = database.prisma.$transaction((tx) =>
      prismaExecutor(tx).query(
        `INSERT INTO account (id, user_id, email, email_key, imap_host, imap_port, imap_tls, imap_username, smtp_host, smtp_port, smtp_tls, smtp_username)
         VALUES ($1::uuid, $2::uuid, 'x', $3::text, 'h', 1, 'implicit', 'u', 'h', 1, 'implicit', 'u')`,
        [newId(), account.userId, account.emailKey],
      ),
    )
    expect(isUniqueViolation(await errorOf(violation), 'account_user_email_key')).toBe(true)
  })

  test('a check, a missing row and a missing parent', async () => {
    const bad = database.prisma.account.create({ data: { ...accountData(), imapPort: 0 } })
    expect(readDatabaseError(await errorOf(bad))).toMatchObject({ kind: 'check_violation', constraint: 'account_imap_port_range' })
    const missing = database.prisma.account.update({ where: { id: newId() }, data: { name: 'nobody' } })
    expect(readDatabaseError(await errorOf(missing))).toMatchObject({ kind: 'not_found' })
    const orphan = database.prisma.syncLease.create({ data: { accountId: newId(), holder: 'a', token: 1n, expiresAt: new Date() } })
    expect(readDatabaseError(await errorOf(orphan))).toMatchObject({ kind: 'foreign_key_violation' })
  })

  test('a statement that takes too long is ended by the server, through either way', async () => {
    expect(readDatabaseError(await errorOf(database.pool.query('SELECT pg_sleep(60)')))).toMatchObject({ kind: 'timeout', code: '57014' })
    expect(readDatabaseError(await errorOf(database.prisma.$queryRaw`SELECT pg_sleep(60)::text`))).toMatchObject({ kind: 'timeout' })
  })

  test('an error ignored inside a transaction does not look like success', async () => {
    const ignoring = inTransaction(database.pool, async (client) => {
      await errorOf(client.query('SELECT 1 / 0'))
    })
    await expect(ignoring).rejects.toThrow(/rolled back/u)
  })

  test('a server that is not there is transient', async () => {
    const pool = openPool({ connectionString: 'postgres://u@127.0.0.1:1/d', applicationName: 'x', maxConnections: 1, logger: silentLogger })
    expect(await errorOf(pool.query('SELECT 1'))).toSatisfy(isTransientDatabaseError)
    await pool.end()
  })

  test('a connection that died without a sign is given up, and the pool goes on', async () => {
    await using relay = await openRelay(connectionString)
    const pool = openPool({
      connectionString: relay.connectionString,
      applicationName: 'half-open-test',
      maxConnections: 1,
      logger: silentLogger,
      statementTimeoutMs: 1_000,
    })
    await pool.query('SELECT 1')
    relay.freeze()
    expect(readDatabaseError(await errorOf(pool.query('SELECT 1')))).toMatchObject({ kind: 'timeout' })
    expect((await pool.query('SELECT 42 AS answer')).rows).toEqual([{ answer: 42 }])
    await pool.end()
  })
})
