import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { silentLogger } from '@maildock/core'
import { discardEmbeddedPostgres, migrateDatabase, startEmbeddedPostgres } from '@maildock/db'
import { migrateJobs } from '../../src/index.ts'
import { tellStory } from '../fixture/dovecot-story.ts'
import { openMailStage } from '../fixture/mail-stage.ts'

/**
 * Tells stories to a real mail server for as long as one likes: `run-soak.ts --runs 1000`, on a rung of the ladder: `--capabilities
 * "IMAP4rev1"`. One that failed is told again by `--seed`. Ends with 1 when any story did not end well.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    runs: { type: 'string', default: '100' },
    capabilities: { type: 'string' },
  },
})

const first = Number(values.seed ?? values.from)
const runs = values.seed === undefined ? Number(values.runs) : 1

const dataDir = join(await mkdtemp(join(tmpdir(), 'maildock-soak-')), 'postgres')
const postgres = await startEmbeddedPostgres({ dataDir, logger: silentLogger })
const { connectionString } = postgres
let failed = 0
try {
  await migrateDatabase({ connectionString, logger: silentLogger })
  await migrateJobs({ connectionString })
  await using stage = await openMailStage(
    { connectionString },
    values.capabilities === undefined ? {} : { capabilities: values.capabilities },
  )
  for (let seed = first; seed < first + runs; seed += 1) {
    const { told, onServer, inDatabase, changedIds, drift } = await tellStory(stage, seed)
    const isWell = isDeepStrictEqual(inDatabase, onServer) && changedIds.length === 0 && drift === 0
    failed += isWell ? 0 : 1
    if (!isWell) {
      process.stdout.write(`seed ${seed} failed:\n${JSON.stringify({ told, onServer, inDatabase, changedIds, drift }, null, 2)}\n`)
    }
  }
} finally {
  await postgres[Symbol.asyncDispose]()
  await discardEmbeddedPostgres(dataDir)
}
process.stdout.write(`${runs} stories from seed ${first}: ${failed} failed.\n`)
process.exitCode = failed === 0 ? 0 : 1
