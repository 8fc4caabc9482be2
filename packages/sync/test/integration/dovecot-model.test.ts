import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tellStory } from '../fixture/dovecot-story.ts'
import { openMailStage, type MailStage } from '../fixture/mail-stage.ts'
import { openPrivatePostgres, type PrivatePostgres } from '../fixture/open-private-postgres.ts'
import { RUNGS } from '../fixture/scenarios.ts'

/** Seeds of a run; more of them by `node packages/sync/test/soak/run-soak.ts`, which also replays one. */
const SEEDS_PER_RUNG = 8

let postgres: PrivatePostgres
beforeAll(async () => {
  postgres = await openPrivatePostgres()
})
afterAll(async () => postgres[Symbol.asyncDispose]())

describe.each([
  ['qresync', 1],
  ['condstore', 101],
  ['plain', 201],
] as const)('whatever is done to a real mailbox, and to passes, processes and the database, on the rung %s', (rung, firstSeed) => {
  let stage: MailStage
  beforeAll(async () => {
    stage = await openMailStage(postgres, { capabilities: RUNGS[rung] })
  })
  afterAll(async () => stage[Symbol.asyncDispose]())

  it.each(Array.from({ length: SEEDS_PER_RUNG }, (_value, index) => firstSeed + index))(
    'the database ends equal to the server (seed %i)',
    async (seed) => {
      const { onServer, ...found } = await tellStory(stage, seed, { restartDatabase: async () => postgres.restart() })
      // The story stands beside what came of it, so that a failure tells it.
      expect(found).toEqual({ told: found.told, inDatabase: onServer, changedIds: [], drift: 0 })
    },
    60_000,
  )
})
