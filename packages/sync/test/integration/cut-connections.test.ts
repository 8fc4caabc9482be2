import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMailStage, type MailStage } from '../fixture/mail-stage.ts'
import { runWithCuts } from '../fixture/run-with-cuts.ts'
import { FEW_MAILBOXES, playScenario, RUNGS } from '../fixture/scenarios.ts'

const STEPS = 120

/** More of them, and the other scenarios, on each rung: `node packages/sync/test/soak/run-crash-points.ts --fault cut`. */
describe.each([
  ['first', 'qresync'],
  ['incremental', 'condstore'],
] as const)('in the %s pass, on a server of the rung %s', (name, rung) => {
  const database = useTestDatabase()
  let stage: MailStage
  beforeAll(async () => {
    stage = await openMailStage(database, { capabilities: RUNGS[rung], extraConfig: FEW_MAILBOXES })
  })
  afterAll(async () => stage[Symbol.asyncDispose]())

  it('wherever the connection is reset, the next one ends as an undisturbed one', async () => {
    const { points, findings } = await runWithCuts(stage, await playScenario(stage, name), { steps: STEPS })
    expect(findings).toEqual([])
    // A pass is not the same octets each time; near its end a few are over before the cut.
    expect(points).toBeGreaterThan(STEPS * 0.9)
  }, 180_000)
})
