import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tellStory } from '../fixture/dovecot-story.ts'
import { openMailStage, type MailStage } from '../fixture/mail-stage.ts'

/** Seeds of a run; more of them by `node packages/sync/test/soak/run-soak.ts`, which also replays one. */
const SEEDS_PER_RUNG = 8

describe.each([
  ['QRESYNC', 'IMAP4rev1 ENABLE CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS ESEARCH UIDPLUS', 1],
  ['CONDSTORE', 'IMAP4rev1 ENABLE CONDSTORE UIDPLUS', 101],
  ['neither', 'IMAP4rev1', 201],
])('whatever is done to a real mailbox, on a server with %s', (_name, capabilities, firstSeed) => {
  const database = useTestDatabase()
  let stage: MailStage
  beforeAll(async () => {
    stage = await openMailStage(database, { capabilities })
  })
  afterAll(async () => stage[Symbol.asyncDispose]())

  it.each(Array.from({ length: SEEDS_PER_RUNG }, (_value, index) => firstSeed + index))(
    'the database ends equal to it (seed %i)',
    async (seed) => {
      const { onServer, ...found } = await tellStory(stage, seed)
      // The story stands beside what came of it, so that a failure tells it.
      expect(found).toEqual({ told: found.told, inDatabase: onServer, changedIds: [], drift: 0 })
    },
    60_000,
  )
})
