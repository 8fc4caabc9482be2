import { runChecks } from '../doctor/checks.ts'
import { loadConfig } from '../config/load-config.ts'
import { createLogger } from '../logger.ts'

/** Checks an installation from the outside and says what to mend. Ends with 1 when something must be mended. Changes nothing. */
export async function doctor(): Promise<void> {
  const config = loadConfig()
  const logger = createLogger({ level: 'silent', name: 'doctor' })
  let broken = 0
  for await (const { name, outcome, detail } of runChecks(config, logger)) {
    if (outcome === 'broken') broken += 1
    process.stdout.write(`  ${{ fine: '✓', noted: '·', broken: '✗' }[outcome]} ${name}: ${detail}\n`)
  }
  process.exitCode = broken === 0 ? 0 : 1
}
