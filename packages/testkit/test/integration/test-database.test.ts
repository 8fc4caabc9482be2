import { mkdir, rm, stat, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { describe, expect, inject, test } from 'vitest'
import { useTestDatabase } from '../../src/index.ts'
import { discardLeftovers } from '../../src/postgres/test-server.ts'
import { findLeakedConnections } from '../../src/postgres/use-test-database.ts'

const one = useTestDatabase()
const two = useTestDatabase()
const { admin } = inject('maildockPostgres')

async function query(connectionString: string, sql: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

describe('a test database', () => {
  test('holds the tables of the mail and of the queue, and no rows', async () => {
    expect(await query(one.connectionString, 'SELECT * FROM account')).toEqual([])
    expect(await query(one.connectionString, 'SELECT * FROM graphile_worker._private_jobs')).toEqual([])
  })

  test('is its own: what is written here is not there', async () => {
    await query(one.connectionString, "INSERT INTO worker (id) VALUES ('here')")
    expect(await query(two.connectionString, 'SELECT * FROM worker')).toEqual([])
  })
})

describe('findLeakedConnections', () => {
  test('tells which connection was left open, and is content when it closes in time', async () => {
    const name = new URL(two.connectionString).pathname.slice(1)
    const client = new Client({ connectionString: two.connectionString, application_name: 'forgotten' })
    await client.connect()
    expect(await findLeakedConnections(admin, name)).toEqual([expect.objectContaining({ application_name: 'forgotten', state: 'idle' })])
    const [leaked] = await Promise.all([findLeakedConnections(admin, name), client.end()])
    expect(leaked).toEqual([])
  })
})

describe('discardLeftovers', () => {
  test('removes old folders of killed runs, and leaves young ones alone', async () => {
    const [old, young] = ['old', 'young'].map((name) => join(tmpdir(), `maildock-test-postgres-${name}-${process.pid}`))
    if (old === undefined || young === undefined) throw new Error('Two folders were to be made.')
    await mkdir(old)
    await mkdir(young)
    const anHourAgo = new Date(Date.now() - 3_600_000)
    await utimes(old, anHourAgo, anHourAgo)
    const asked: string[] = []
    await discardLeftovers({
      discardEmbeddedPostgres: async (folder) => {
        asked.push(folder)
        return true
      },
    })
    expect(asked).toContain(old)
    expect(asked).not.toContain(young)
    await expect(stat(young)).resolves.toBeDefined()
    await Promise.all([old, young].map((folder) => rm(folder, { recursive: true, force: true })))
  })
})
