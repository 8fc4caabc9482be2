import { silentLogger } from '@maildock/core'
import { startEmbeddedPostgres } from '../../src/index.ts'

// Run as a process of its own: owns the server of a data folder until it is killed.
const [dataDir = ''] = process.argv.slice(2)
const { connectionString } = await startEmbeddedPostgres({ dataDir, logger: silentLogger, settings: { fsync: 'off' } })
process.stdout.write(connectionString)
setInterval(() => undefined, 60_000)
