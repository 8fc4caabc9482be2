import type { TestProject } from 'vitest/node'
import { startTestPostgres, type TestPostgresServer } from './postgres/test-server.ts'

interface SharedServer {
  readonly server: Promise<TestPostgresServer>
  users: number
}

// Each project of a run loads this file anew; the process is the only thing they share.
const shared = globalThis as typeof globalThis & { [key: symbol]: SharedServer | undefined }
const KEY = Symbol.for('maildock.testkit.postgres')

/** Starts one PostgreSQL for the whole run, whichever projects take part, and stops it with the last of them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const entry = (shared[KEY] ??= { server: startTestPostgres(), users: 0 })
  entry.users += 1
  const { admin, template } = await entry.server
  project.provide('maildockPostgres', { admin, template })
  return async () => {
    entry.users -= 1
    if (entry.users > 0) return
    shared[KEY] = undefined
    await (await entry.server)[Symbol.asyncDispose]()
  }
}
