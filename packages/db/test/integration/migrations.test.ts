import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silentLogger } from '@maildock/core'
import { useTestDatabase } from '@maildock/testkit'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { diagnoseDatabase, migrateDatabase, MigrationError } from '../../src/index.ts'

const { connectionString } = useTestDatabase({ migrated: false })
const REPOSITORY_PRISMA = fileURLToPath(new URL('../../../../prisma', import.meta.url))
const options = { connectionString, logger: silentLogger }

let prismaDir: string
let client: Client

beforeEach(async () => {
  prismaDir = await mkdtemp(join(tmpdir(), 'maildock-prisma-'))
  await cp(REPOSITORY_PRISMA, prismaDir, { recursive: true })
  client = new Client({ connectionString })
  await client.connect()
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS auth CASCADE')
})
afterEach(async () => {
  await client.end()
  await rm(prismaDir, { recursive: true })
})

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(prismaDir, 'migrations', name), { recursive: true })
  await writeFile(join(prismaDir, 'migrations', name, 'migration.sql'), sql)
}

async function listTables(): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
  return rows.map(({ name }) => name)
}

describe('migrateDatabase', () => {
  test('applies everything once, whoever calls, and keeps the history where the Prisma CLI looks', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => migrateDatabase(options)))
    const applied = results.flatMap((result) => result.applied)
    expect(applied[0]).toMatch(/_init$/u)
    expect(new Set(applied).size).toBe(applied.length)
    const { rows } = await client.query(
      'SELECT migration_name, finished_at IS NOT NULL AS done FROM _prisma_migrations ORDER BY started_at',
    )
    expect(rows).toEqual(applied.map((name) => ({ migration_name: name, done: true })))
    expect(await migrateDatabase(options)).toEqual({ applied: [] })
  })

  test('runs a script whole, with semicolons inside functions, strings and comments', async () => {
    await addMigration(
      '29990101000000_semicolons',
      `-- one; two
       CREATE FUNCTION answer() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 42; END; $$;
       CREATE TABLE sentence AS SELECT 'a;b' AS text, answer() AS answer;`,
    )
    await migrateDatabase({ ...options, prismaDir })
    expect((await client.query('SELECT * FROM sentence')).rows).toEqual([{ text: 'a;b', answer: 42 }])
  })

  test('leaves nothing of a run whose last script fails, names it, and can be run again', async () => {
    const name = '29990101000000_broken'
    await addMigration(name, 'CREATE TABLE half (id int); SELECT missing FROM half;')
    const failed = migrateDatabase({ ...options, prismaDir })
    await expect(failed).rejects.toThrow(MigrationError)
    await expect(failed).rejects.toThrow(/29990101000000_broken failed, nothing was changed: column "missing" does not exist/u)
    expect(await listTables()).toEqual([])

    await addMigration(name, 'CREATE TABLE half (id int);')
    expect((await migrateDatabase({ ...options, prismaDir })).applied).toContain(name)
  })

  test('leaves nothing of an interrupted run, and can be run again', async () => {
    const name = '29990101000000_slow'
    await addMigration(name, 'CREATE TABLE half (id int); SELECT pg_sleep(60);')
    const interrupted = migrateDatabase({ ...options, prismaDir })
    interrupted.catch(() => undefined)
    await vi.waitFor(
      async () => {
        const { rowCount } = await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name = 'maildock-migrate' AND wait_event = 'PgSleep'`,
        )
        expect(rowCount).toBe(1)
      },
      { timeout: 20_000 },
    )
    await expect(interrupted).rejects.toThrow(MigrationError)
    expect(await listTables()).toEqual([])

    await addMigration(name, 'CREATE TABLE half (id int);')
    expect((await migrateDatabase({ ...options, prismaDir })).applied).toContain(name)
  })

  test('refuses a database of a newer version', async () => {
    await addMigration('29990101000000_future', 'CREATE TABLE future (id int);')
    await migrateDatabase({ ...options, prismaDir })
    await expect(migrateDatabase(options)).rejects.toThrow(/newer Maildock \(29990101000000_future\)/u)
  })

  test('refuses to pass over a migration that failed under the Prisma CLI', async () => {
    await migrateDatabase(options)
    await client.query("UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name LIKE '%_init'")
    await expect(migrateDatabase(options)).rejects.toThrow(/_init\).*prisma migrate resolve/u)
  })
})

describe('diagnoseDatabase', () => {
  test('tells what is missing in an empty database', async () => {
    expect(await diagnoseDatabase(options)).toMatchObject({
      reachable: true,
      ready: false,
      migrations: { pending: expect.arrayContaining([expect.stringMatching(/_init$/u)]), unknown: [], failed: [] },
    })
    expect(await listTables()).toEqual([])
  })

  test('is content after the migration', async () => {
    await migrateDatabase(options)
    expect(await diagnoseDatabase(options)).toMatchObject({ reachable: true, ready: true, migrations: { pending: [] } })
  })

  test('tells of migrations this version does not know', async () => {
    await addMigration('29990101000000_future', 'CREATE TABLE future (id int);')
    await migrateDatabase({ ...options, prismaDir })
    expect(await diagnoseDatabase(options)).toMatchObject({ ready: false, migrations: { unknown: ['29990101000000_future'] } })
  })

  test('answers for a server that is not there, without the password', async () => {
    const answer = await diagnoseDatabase({ ...options, connectionString: 'postgres://user:secret-word@127.0.0.1:1/none' })
    expect(answer).toMatchObject({ reachable: false, reason: expect.stringContaining('ECONNREFUSED') })
    expect(JSON.stringify(answer)).not.toContain('secret-word')
  })
})
