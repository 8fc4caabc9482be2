import { parseArgs } from 'node:util'
import { silentLogger } from '@maildock/core'
import { openPool } from '@maildock/db'
import { openParser } from '@maildock/mail'
import * as fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { anyMemoryStory } from '../fixture/compose-memory-story.ts'
import { openPrivatePostgres } from '../fixture/open-private-postgres.ts'
import { MEMORY_RUNGS, tellMemoryStory } from '../fixture/tell-memory-story.ts'

/**
 * Tells stories to a server in memory for as long as one likes: `run-memory-soak.ts --runs 1000`, on each rung of the ladder. What is printed of one
 * that failed, the seed and the path, tells it again: `--seed 1 --path 12:3`. Ends with 1 when any did not end well.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    path: { type: 'string' },
    rung: { type: 'string', default: '' },
  },
})

const applicationName = 'memory-soak'
const seed = Number(values.seed ?? Date.now() % 1_000_000)
await using postgres = await openPrivatePostgres()
await using parser = openParser({ threads: 1 })
const pool = openPool({ connectionString: postgres.connectionString, applicationName, maxConnections: 4, logger: silentLogger })
for (const [name, rung] of Object.entries(MEMORY_RUNGS).filter(([words]) => words.includes(values.rung))) {
  const property = fc.asyncProperty(anyMemoryStory, async (story) => {
    const { onServer, inDatabase, wrong, changedIds } = await tellMemoryStory({ pool, parser, applicationName }, rung, story)
    return isDeepStrictEqual(inDatabase, onServer) && wrong.length + changedIds.length === 0
  })
  const details = await fc.check(property, {
    numRuns: Number(values.runs),
    seed,
    // Without it a story that ended with an error looks like one that ended with a difference.
    includeErrorInReport: true,
    ...(values.path === undefined ? {} : { path: values.path }),
  })
  process.stdout.write(
    `${name}: ${details.numRuns} stories from seed ${seed}: ${details.failed ? fc.defaultReportMessage(details) : 'all well'}\n`,
  )
  process.exitCode = details.failed ? 1 : process.exitCode
}
await pool.end()
