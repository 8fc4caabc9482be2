import { silentLogger } from '@maildock/core'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId, openDatabase, type Database } from '../../src/index.ts'

const { connectionString } = useTestDatabase()
let database: Database

beforeAll(() => {
  database = openDatabase({ connectionString, applicationName: 'test', maxConnections: 2, logger: silentLogger })
})
afterAll(() => database[Symbol.asyncDispose]())

describe('a migrated database', () => {
  test('is empty and answers through Prisma', async () => {
    expect(await database.prisma.account.findMany()).toEqual([])
    expect(newId()).toMatch(/^[0-9a-f-]{36}$/u)
  })

  test('holds the queue beside the mail', async () => {
    const { rows } = await database.pool.query("SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'graphile_worker'")
    expect(rows).toEqual([{ tables: expect.any(Number) }])
  })
})
