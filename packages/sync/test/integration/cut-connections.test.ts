import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openMailStage, type MailStage } from '../fixture/mail-stage.ts'
import { runWithCuts } from '../fixture/run-with-cuts.ts'
import { FEW_MAILBOXES, playScenario, RUNGS } from '../fixture/scenarios.ts'

const database = useTestDatabase()
let stage: MailStage
beforeAll(async () => {
  stage = await openMailStage(database, { capabilities: RUNGS.qresync, extraConfig: FEW_MAILBOXES })
})
afterAll(async () => stage[Symbol.asyncDispose]())

const STEPS = 120

it.each(['first', 'incremental'] as const)(
  'wherever the connection is reset in the %s pass, the next one ends as an undisturbed one',
  async (name) => {
    const { points, findings } = await runWithCuts(stage, await playScenario(stage, name), { steps: STEPS })
    expect(findings).toEqual([])
    // A pass is not the same octets each time; near its end a few are over before the cut.
    expect(points).toBeGreaterThan(STEPS * 0.9)
  },
  180_000,
)
