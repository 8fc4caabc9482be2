import { isDeepStrictEqual, parseArgs } from 'node:util'
import { tellStory } from '../fixture/dovecot-story.ts'
import { openMailStage } from '../fixture/mail-stage.ts'
import { openPrivatePostgres } from '../fixture/open-private-postgres.ts'
import { RUNGS } from '../fixture/scenarios.ts'

/**
 * Tells stories to a real mail server for as long as one likes: `run-soak.ts --runs 1000`, on each rung of the ladder, or on one:
 * `--rung plain`. One that failed is told again by `--seed`. Ends with 1 when any story did not end well.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    runs: { type: 'string', default: '100' },
    rung: { type: 'string', default: '' },
  },
})

const first = Number(values.seed ?? values.from)
const runs = values.seed === undefined ? Number(values.runs) : 1

await using postgres = await openPrivatePostgres()
const restartDatabase = async (): Promise<void> => postgres.restart()
for (const [rung, capabilities] of Object.entries(RUNGS).filter(([name]) => name.includes(values.rung))) {
  await using stage = await openMailStage(postgres, { capabilities })
  let failed = 0
  for (let seed = first; seed < first + runs; seed += 1) {
    const { told, onServer, inDatabase, changedIds, drift } = await tellStory(stage, seed, { restartDatabase })
    if (!isDeepStrictEqual(inDatabase, onServer) || changedIds.length > 0 || drift !== 0) {
      failed += 1
      process.stdout.write(`${rung}, seed ${seed} failed:\n${JSON.stringify({ told, onServer, inDatabase, changedIds, drift }, null, 2)}\n`)
    }
  }
  process.stdout.write(`${rung}: ${runs} stories from seed ${first}: ${failed} failed.\n`)
  process.exitCode = failed === 0 ? process.exitCode : 1
}
