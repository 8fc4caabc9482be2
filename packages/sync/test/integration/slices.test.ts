import { silentLogger } from '@maildock/core'
import { acquireLease, newId, openPool, releaseLease } from '@maildock/db'
import { openParser, type Parser } from '@maildock/mail'
import { useTestDatabase } from '@maildock/testkit'
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SourceMemory } from '../../src/ingest/source-memory.ts'
import { createProgressThrottle } from '../../src/pass.ts'
import { syncOverSession } from '../../src/sync-account.ts'
import type { SyncOutcome } from '../../src/tour-mailboxes.ts'
import { composeLongMail, composeMail } from '../fixture/compose-mail.ts'
import { interceptStatements } from '../fixture/intercept-statements.ts'
import { MemoryAccount } from '../fixture/memory-account.ts'
import { MemoryServer } from '../fixture/memory-server.ts'

const database = useTestDatabase()
let pool: Pool
let parser: Parser
beforeAll(() => {
  pool = openPool({ connectionString: database.connectionString, applicationName: 'slices', maxConnections: 4, logger: silentLogger })
  parser = openParser({ threads: 1 })
})
afterAll(async () => {
  await parser[Symbol.asyncDispose]()
  await pool.end()
})

/** A slice whose time is up before it begins: only what is always allowed is done. */
async function runSlice(account: MemoryAccount, server: MemoryServer, visitedSince: Date): Promise<SyncOutcome> {
  const lease = await acquireLease(pool, { accountId: account.id, holder: newId(), ttlMs: 60_000 })
  if (lease === null) {
    throw new Error('The lease must be free.')
  }
  await using session = server.openSession()
  const pass = {
    accountId: account.id,
    userId: newId(),
    revision: 1,
    lease,
    pool,
    parser,
    memory: new SourceMemory(),
    logger: silentLogger,
    signal: new AbortController().signal,
    isTimeUp: () => true,
    progress: createProgressThrottle(),
    recordsVisits: true,
  }
  const outcome = await syncOverSession(pass, session, visitedSince)
  await releaseLease(pool, lease)
  return outcome
}

it.each([
  { condstore: false, compose: composeLongMail, turns: 2 },
  { condstore: true, compose: composeLongMail, turns: 2 },
  { condstore: true, compose: composeMail, turns: 1 },
])(
  'slices without any time get to the end all the same, to the last mailbox and source: CONDSTORE $condstore, $turns turns',
  async ({ condstore, compose, turns }) => {
    const server = new MemoryServer(condstore)
    for (const path of ['Archive', 'Work']) {
      server.create(path)
    }
    for (const [number, path] of ['INBOX', 'Archive', 'Work'].entries()) {
      for (let index = 0; index < 120; index += 1) {
        server.deliver(path, Buffer.from(compose(number * 1_000 + index)))
      }
    }
    const account = new MemoryAccount({ pool, parser })
    await account.connect()
    const visitedSince = new Date()
    const outcomes: SyncOutcome[] = []
    let mostPending = 0
    while (outcomes.at(-1) !== 'finished' && outcomes.length < 40) {
      outcomes.push(await runSlice(account, server, visitedSince))
      const { rows } = await pool.query<{ pending: number }>(
        'SELECT sum(messages_pending)::int AS pending FROM mailbox WHERE account_id = $1',
        [account.id],
      )
      mostPending = Math.max(mostPending, rows[0]?.pending ?? 0)
    }
    expect(mostPending > 0).toBe(turns === 2)
    expect(outcomes.at(-1)).toBe('finished')
    expect(new Set((await account.listSources()).map((line) => line.split(' ').at(-1))).size).toBe(360)
  },
  60_000,
)

it('slices without any time get to the end of a server that gives sources one by one alone, and none asks for many', async () => {
  const server = new MemoryServer(true)
  server.create('Archive')
  for (let number = 0; number < 12; number += 1) {
    server.deliver(number % 2 === 0 ? 'INBOX' : 'Archive', Buffer.from(composeMail(number)))
  }
  let fetches = 0
  server.misbehave = (command, messages) => {
    fetches += command === 'FETCH SOURCES' ? 1 : 0
    return command === 'FETCH SOURCES' && messages > 1 ? 'refuse' : null
  }
  const account = new MemoryAccount({ pool, parser })
  await account.connect()
  const visitedSince = new Date()
  const outcomes: SyncOutcome[] = []
  while (outcomes.at(-1) !== 'finished' && outcomes.length < 40) {
    fetches = 0
    outcomes.push(await runSlice(account, server, visitedSince))
    // A batch and one of it, of what is new and of what was listed.
    expect(fetches).toBeLessThanOrEqual(4)
    const { rows } = await pool.query('SELECT uid FROM withheld WHERE account_id = $1', [account.id])
    expect(rows).toEqual([])
  }
  expect(outcomes.at(-1)).toBe('finished')
  expect(new Set((await account.listSources()).map((line) => line.split(' ').at(-1))).size).toBe(12)
}, 60_000)

it('a slice tells the state of its account when it ends, not when it begins: that it is connected was told before', async () => {
  const account = new MemoryAccount({ pool, parser })
  await account.connect()
  const told: string[] = []
  using _ = interceptStatements('slices', ({ when, text }) => {
    if (when === 'before' && text.startsWith('SELECT user_id, sync_status')) told.push(text)
    return 'go'
  })
  expect(await runSlice(account, new MemoryServer(true), new Date())).toBe('finished')
  expect(told).toHaveLength(1)
})
