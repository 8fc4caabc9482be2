import { silentLogger } from '@maildock/core'
import { openPool } from '@maildock/db'
import { openParser, type Parser } from '@maildock/mail'
import { useTestDatabase } from '@maildock/testkit'
import * as fc from 'fast-check'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anyMemoryStory } from '../fixture/compose-memory-story.ts'
import { MEMORY_RUNGS, tellMemoryStory } from '../fixture/tell-memory-story.ts'

const APPLICATION = 'model'
const database = useTestDatabase()
let pool: Pool
let parser: Parser
beforeAll(() => {
  pool = openPool({ connectionString: database.connectionString, applicationName: APPLICATION, maxConnections: 4, logger: silentLogger })
  parser = openParser({ threads: 1 })
})
afterAll(async () => {
  await parser[Symbol.asyncDispose]()
  await pool.end()
})

/** Stories told in a test run, for each server. More of them by `node packages/sync/test/soak/run-memory-soak.ts`, which also replays one. */
const RUNS = 80

describe.each(Object.entries(MEMORY_RUNGS))('whatever happens on a server %s, and whatever goes wrong on the way', (_name, rung) => {
  it('the database ends equal to the server, with every message once and under its first id', async () => {
    await fc.assert(
      fc.asyncProperty(anyMemoryStory, async (story) => {
        const { onServer, ...found } = await tellMemoryStory({ pool, parser, applicationName: APPLICATION }, rung, story)
        expect(found).toEqual({ inDatabase: onServer, wrong: [], changedIds: [] })
      }),
      { numRuns: RUNS },
    )
  }, 120_000)
})
