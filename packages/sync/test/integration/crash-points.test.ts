import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMailStage, type MailStage } from '../fixture/mail-stage.ts'
import { runWithKills } from '../fixture/run-with-kills.ts'
import { FEW_MAILBOXES, playScenario, RUNGS } from '../fixture/scenarios.ts'

/** The other scenarios, on each rung: `node packages/sync/test/soak/run-crash-points.ts`. */
describe.each([
  ['first', 'qresync'],
  ['incremental', 'plain'],
  ['renumbered', 'condstore'],
  ['widened', 'condstore'],
] as const)('a process killed in the %s pass, on a server of the rung %s', (name, rung) => {
  const database = useTestDatabase()
  let stage: MailStage
  beforeAll(async () => {
    stage = await openMailStage(database, { capabilities: RUNGS[rung], extraConfig: FEW_MAILBOXES })
  })
  afterAll(async () => stage[Symbol.asyncDispose]())

  it('is followed by one that ends as an undisturbed run, whichever statement was the last', async () => {
    const { points, findings } = await runWithKills(stage, await playScenario(stage, name))
    expect(findings).toEqual([])
    // Otherwise it would prove nothing.
    expect(points).toBeGreaterThanOrEqual(100)
  }, 240_000)
})
