import { silentLogger } from '@maildock/core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  discardEmbeddedPostgres,
  inTransaction,
  isTransientDatabaseError,
  openDatabase,
  openLiveListener,
  publishLiveNotice,
  startEmbeddedPostgres,
  newId,
  type Database,
  type EmbeddedPostgres,
  type LiveSignal,
} from '../../src/index.ts'
import { makeServerFolder } from './make-server-folder.ts'

const settings = { fsync: 'off', max_connections: '30' }
let dataDir: string
let server: EmbeddedPostgres
let database: Database

beforeAll(async () => {
  dataDir = await makeServerFolder()
  server = await startEmbeddedPostgres({ dataDir, logger: silentLogger, settings })
  database = openDatabase({
    connectionString: server.connectionString,
    applicationName: 'recovery-test',
    maxConnections: 4,
    logger: silentLogger,
  })
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  await discardEmbeddedPostgres(dataDir)
})

async function restart(): Promise<void> {
  await server[Symbol.asyncDispose]()
  server = await startEmbeddedPostgres({ dataDir, logger: silentLogger, settings })
}

async function answer(): Promise<unknown> {
  return await database.prisma.$queryRaw`SELECT 42 AS answer`
}

describe('a restart of PostgreSQL', () => {
  test('is survived by idle connections of pool and Prisma', async () => {
    await Promise.all([answer(), answer(), database.pool.query('SELECT 1')])
    await restart()
    await vi.waitFor(async () => expect(await answer()).toEqual([{ answer: 42 }]), { timeout: 10_000 })
  })

  test('fails an open transaction with a transient error, and the next one works', async () => {
    const interrupted = inTransaction(database.pool, async (client) => {
      await client.query('CREATE TABLE half (id int)')
      await restart()
      await client.query('SELECT 1')
    })
    await expect(interrupted).rejects.toSatisfy(isTransientDatabaseError)
    const { rows } = await inTransaction(database.pool, (client) => client.query("SELECT to_regclass('half') AS half"))
    expect(rows).toEqual([{ half: null }])
  })

  test('fails an open Prisma transaction, and the next one works', async () => {
    const interrupted = database.prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1`
      await restart()
      await tx.$queryRaw`SELECT 1`
    })
    await expect(interrupted).rejects.toSatisfy(isTransientDatabaseError)
    await vi.waitFor(async () => expect(await answer()).toEqual([{ answer: 42 }]), { timeout: 10_000 })
  })

  test('makes the live listener tell every subscriber to resync, and hear again', async () => {
    const { connectionString } = server
    await using live = await openLiveListener({ connectionString, logger: silentLogger })
    const userId = newId()
    const heard: LiveSignal[] = []
    live.subscribe(userId, (signal) => heard.push(signal))
    await restart()
    await vi.waitFor(() => expect(heard).toEqual([{ kind: 'resync' }]), { timeout: 20_000 })
    await publishLiveNotice(database.pool, { kind: 'session', userId })
    await vi.waitFor(() => expect(heard.at(-1)).toEqual({ kind: 'session', userId }), { timeout: 10_000 })
  })
})

describe('connections cut by the server', () => {
  test('while they are checked out do not end the process and are not reused', async () => {
    const client = await database.pool.connect()
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const lost = new Promise<void>((resolve) => client.once('end', () => resolve()))
    await database.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
    await lost
    await expect(client.query('SELECT 1')).rejects.toSatisfy(isTransientDatabaseError)
    client.release()
    expect(await answer()).toEqual([{ answer: 42 }])
  })
})

describe('a connection that comes back with an open transaction', () => {
  test('is closed, so that the next caller does not write into it', async () => {
    const client = await database.pool.connect()
    const before = database.pool.totalCount
    await client.query('BEGIN')
    await client.query('CREATE TABLE leaked (id int)')
    client.release()
    await vi.waitFor(() => expect(database.pool.totalCount).toBe(before - 1), { timeout: 10_000 })
    const { rows } = await database.pool.query("SELECT to_regclass('leaked') AS leaked")
    expect(rows).toEqual([{ leaked: null }])
  })
})
