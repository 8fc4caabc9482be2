import { parseArgs } from 'node:util'
import { openMailStage, type MailStage } from '../fixture/mail-stage.ts'
import { openPrivatePostgres } from '../fixture/open-private-postgres.ts'
import type { InterruptedRuns } from '../fixture/recovery.ts'
import { runWithCuts } from '../fixture/run-with-cuts.ts'
import { FAULTS, runWithFaults } from '../fixture/run-with-faults.ts'
import { runWithKills } from '../fixture/run-with-kills.ts'
import { FEW_MAILBOXES, playScenario, RUNGS, SCENARIO_NAMES, type Scenario } from '../fixture/scenarios.ts'

/**
 * Interrupts every scenario at every statement, on every rung, in every way: what the tests do for some of them. `--scenario`, `--rung` and
 * `--fault` choose by a part of the name; `--every` takes up again each interrupted account, and not one of each state. Ends with 1 when anything ended otherwise than an undisturbed pass.
 */
const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: '' },
    rung: { type: 'string', default: '' },
    fault: { type: 'string', default: '' },
    every: { type: 'boolean', default: false },
  },
})

let failed = 0

type Run = (stage: MailStage, scenario: Scenario) => Promise<InterruptedRuns>
const everyRun = values.every
const CUTS = 400
/** Each waits for its deadline, up to five minutes, all of them at once. */
const STALLS = 60
const runs: Readonly<Record<string, Run>> = {
  ...Object.fromEntries(
    Object.entries(FAULTS).map(([name, fault]): [string, Run] => [
      `each statement ${name}`,
      async (stage, scenario) => runWithFaults(stage, scenario, { fault, everyRun }),
    ]),
  ),
  'the connection to the mail server is cut': async (stage, scenario) => runWithCuts(stage, scenario, { steps: CUTS, everyRun }),
  'the connection to the mail server is garbled': async (stage, scenario) =>
    runWithCuts(stage, scenario, { steps: CUTS, how: 'garble', everyRun }),
  'the connection to the mail server stalls': async (stage, scenario) =>
    runWithCuts(stage, scenario, { steps: STALLS, how: 'stall', lanes: STALLS, everyRun }),
  'the process is killed': async (stage, scenario) => runWithKills(stage, scenario, { everyRun }),
}

await using postgres = await openPrivatePostgres()
for (const [rung, capabilities] of Object.entries(RUNGS).filter(([name]) => name.includes(values.rung))) {
  await using stage = await openMailStage(postgres, { capabilities, extraConfig: FEW_MAILBOXES })
  for (const name of SCENARIO_NAMES.filter((scenario) => scenario.includes(values.scenario))) {
    for (const [fault, run] of Object.entries(runs).filter(([words]) => words.includes(values.fault))) {
      const { points, states, findings } = await run(stage, await playScenario(stage, name))
      failed += findings.length
      process.stdout.write(`${rung}, ${name}, ${fault}: ${points} points, ${states} states, ${findings.length} findings\n`)
      process.stdout.write(findings.map((finding) => `  ${finding}\n`).join(''))
    }
  }
}
process.exitCode = failed === 0 ? 0 : 1
