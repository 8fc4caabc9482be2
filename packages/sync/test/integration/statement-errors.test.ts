import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMailStage, type MailStage } from '../fixture/mail-stage.ts'
import { FAULTS, runWithFaults } from '../fixture/run-with-faults.ts'
import { FEW_MAILBOXES, playScenario, RUNGS } from '../fixture/scenarios.ts'

const database = useTestDatabase()
let stage: MailStage
beforeAll(async () => {
  stage = await openMailStage(database, { capabilities: RUNGS.qresync, extraConfig: FEW_MAILBOXES })
})
afterAll(async () => stage[Symbol.asyncDispose]())

/** The rest of the scenarios, faults and servers: `node packages/sync/test/soak/run-crash-points.ts`. */
describe.each([
  ['first', 'is refused'],
  ['incremental', 'is done, and the answer is lost'],
] as const)('in the %s pass', (name, fault) => {
  it(`whichever statement ${fault}, the next pass ends as an undisturbed one`, async () => {
    const { points, findings } = await runWithFaults(stage, await playScenario(stage, name), { fault: FAULTS[fault] })
    expect(findings).toEqual([])
    // Otherwise it would prove nothing.
    expect(points).toBeGreaterThanOrEqual(100)
  }, 240_000)
})
