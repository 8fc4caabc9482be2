import { readdir, readFile } from 'node:fs/promises'
import { silentLogger } from '@maildock/core'
import { useTestDatabase } from '@maildock/testkit'
import { Client, type Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isUniqueViolation, newId, openPool, readDatabaseError } from '../../src/index.ts'
import { readMigrationFiles } from '../../src/migrations/migration-files.ts'
import { NOTHING_EXTERNAL } from '../../src/migrations/migration-history.ts'
import { openSchemaEngine } from '../../src/migrations/schema-engine.ts'
import { createTransactionAdapter } from '../../src/migrations/transaction-adapter.ts'
import { insertAccount } from './insert-account.ts'

const { connectionString } = useTestDatabase()
const empty = useTestDatabase({ migrated: false })
let pool: Pool

beforeAll(() => {
  pool = openPool({ connectionString, applicationName: 'schema-test', maxConnections: 20, logger: silentLogger })
})
afterAll(() => pool.end())

/** A statement that inserts a key, with what is given in the place of what is good. */
function insertKey(changes: Readonly<Partial<Record<'name' | 'prefix' | 'hash' | 'scopes', string>>>): string {
  const good = { name: "'Key'", prefix: "'msk_00000000'", hash: "sha256('x')", scopes: "'{send}'" }
  const { name, prefix, hash, scopes } = { ...good, ...changes }
  return `INSERT INTO api_key (id, user_id, name, key_prefix, key_hash, scopes) VALUES ($1, $1, ${name}, ${prefix}, ${hash}, ${scopes})`
}

async function violationOf(work: Promise<unknown>) {
  return await work.then(
    () => null,
    (error: unknown) => readDatabaseError(error),
  )
}

describe('constraints of account', () => {
  test('one default per user, however many try at once', async () => {
    const userId = newId()
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => insertAccount(pool, { userId, isDefault: true })))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused.filter(({ reason }) => isUniqueViolation(reason, 'account_one_default_per_user'))).toHaveLength(49)
  })

  test('two users have a default each', async () => {
    await insertAccount(pool, { isDefault: true })
    await expect(insertAccount(pool, { isDefault: true })).resolves.toBeDefined()
  })

  test('a disconnected account is never the default', async () => {
    expect(await violationOf(insertAccount(pool, { isDefault: true, disconnected: true }))).toMatchObject({
      kind: 'check_violation',
      constraint: 'account_default_is_connected',
    })
  })

  test('an address is there once per user', async () => {
    const { accountId } = await insertAccount(pool)
    const again = pool.query(
      `INSERT INTO account (id, user_id, email, email_key, imap_host, imap_port, imap_tls, imap_username, smtp_host, smtp_port, smtp_tls, smtp_username)
       SELECT $2, user_id, email, email_key, imap_host, imap_port, imap_tls, imap_username, smtp_host, smtp_port, smtp_tls, smtp_username
       FROM account WHERE id = $1`,
      [accountId, newId()],
    )
    expect(await violationOf(again)).toMatchObject({ kind: 'unique_violation', constraint: 'account_user_email_key' })
  })

  test.each([
    ['imap_port = 0', 'account_imap_port_range'],
    ['smtp_port = 65536', 'account_smtp_port_range'],
    ["imap_tls = 'none'", 'account_imap_tls_known'],
    ["smtp_tls = ''", 'account_smtp_tls_known'],
    ["sync_status = 'done'", 'account_sync_status_known'],
    ["email_key = ''", 'account_email_not_empty'],
    ['sync_failures = -1', 'account_counts_not_negative'],
  ])('refuses %s', async (assignment, constraint) => {
    const { accountId } = await insertAccount(pool)
    const update = pool.query(`UPDATE account SET ${assignment} WHERE id = $1`, [accountId])
    expect(await violationOf(update)).toEqual({ kind: 'check_violation', code: '23514', constraint })
  })
})

describe('constraints of the other tables', () => {
  test.each([
    ["INSERT INTO credential VALUES ($1, 'pin', 'k', '\\x01')", 'credential_field_known'],
    ["INSERT INTO credential VALUES ($1, 'imap_password', 'k', '')", 'credential_sealed_not_empty'],
    ["INSERT INTO sync_lease VALUES ($1, 'a', 0, now())", 'sync_lease_token_positive'],
    ["INSERT INTO campaign (id, user_id, account_id, status) VALUES ($1, $1, $1, 'unknown')", 'campaign_status_known'],
    [insertKey({ name: "''" }), 'api_key_name_length'],
    [insertKey({ name: "repeat('x', 81)" }), 'api_key_name_length'],
    [insertKey({ prefix: "'msk_' || repeat('0', 64)" }), 'api_key_prefix_only'],
    [insertKey({ hash: "sha512('x')" }), 'api_key_hash_length'],
    [insertKey({ scopes: "'{}'" }), 'api_key_scopes_known'],
    [insertKey({ scopes: "'{send,read}'" }), 'api_key_scopes_known'],
    [insertKey({ scopes: 'NULL' }), 'api_key_scopes_known'],
    ["INSERT INTO mailbox (account_id, id, path, messages_done) VALUES ($1, $1, 'INBOX', -1)", 'mailbox_counts_not_negative'],
  ])('refuses %s', async (sql, constraint) => {
    const { accountId } = await insertAccount(pool)
    expect(await violationOf(pool.query(sql, [accountId]))).toMatchObject({ kind: 'check_violation', constraint })
  })
})

describe('schema.prisma and the migrations', () => {
  test('describe the same columns, keys and indexes', async () => {
    const generated = await readCatalogue(empty.connectionString, await generateDdl())
    const migrated = new Set(await readCatalogue(connectionString, ''))
    expect(generated.length).toBeGreaterThan(50)
    expect(generated.filter((line) => !migrated.has(line))).toEqual([])
  })

  test('only two tables hold sealed values: a rotation must know them all', async () => {
    const { rows } = await pool.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND (column_name LIKE '%sealed%' OR column_name = 'key_id') GROUP BY 1 ORDER BY 1`,
    )
    expect(rows.map(({ name }) => name)).toEqual(['credential', 'key_canary'])
  })

  test('no migration needs to run outside a transaction', async () => {
    const { migrations } = await readMigrationFiles()
    for (const name of await readdir(migrations.baseDir)) {
      if (!/^\d{14}_/u.test(name)) continue
      const sql = await readFile(`${migrations.baseDir}/${name}/migration.sql`, 'utf8')
      expect(sql).not.toMatch(/\bCONCURRENTLY\b|\bVACUUM\b/iu)
    }
  })
})

/** What Prisma itself would create for schema.prisma. */
async function generateDdl(): Promise<string> {
  const files = await readMigrationFiles()
  const client = new Client({ connectionString: empty.connectionString })
  await client.connect()
  try {
    await client.query('BEGIN')
    const engine = await openSchemaEngine(files, createTransactionAdapter(client).factory, () => undefined)
    const { stdout } = await engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files: [files.schema] },
      script: true,
      exitCode: null,
      filters: NOTHING_EXTERNAL,
    })
    engine.free()
    return stdout ?? ''
  } finally {
    await client.end()
  }
}

/** Columns, constraints and indexes as lines that compare. */
async function readCatalogue(database: string, ddl: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: database })
  await client.connect()
  try {
    await client.query(ddl)
    const { rows } = await client.query<{ line: string }>(
      `SELECT concat_ws(' ', 'column', table_schema, table_name, column_name, udt_name, is_nullable, column_default) AS line
       FROM information_schema.columns WHERE table_schema IN ('public', 'auth')
       UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname IN ('public', 'auth')
       UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
       FROM pg_constraint WHERE connamespace::regnamespace::text IN ('public', 'auth')`,
    )
    return rows.map(({ line }) => line)
  } finally {
    await client.end()
  }
}
