import { MaildockError } from '@maildock/core'
import { EmbeddedPostgresError, MigrationError } from '@maildock/db'
import { StartupProblem } from './startup-problem.ts'

/** Ends the program with what a person can act on: plain lines for what the operator can mend, the whole error for what we must. */
export function reportFailure(error: unknown): never {
  process.stderr.write(`${describeFailure(error)}\n`)
  process.exit(1)
}

export function describeFailure(error: unknown): string {
  if (error instanceof StartupProblem) return ['', error.message, ...error.lines.map((line) => `  - ${line}`)].join('\n')
  if (error instanceof EmbeddedPostgresError || error instanceof MigrationError) return `\n${error.message}`
  if (error instanceof MaildockError) return `\n${error.message} (${error.code})`
  const known = knownSystemFailure(error)
  if (known !== null) return `\n${known}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** Failures of the system that need no stack trace to be understood. */
function knownSystemFailure(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  const port = 'port' in error && typeof error.port === 'number' ? error.port : null
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port ?? ''} is in use by another program. Stop it, or choose another port: PORT=3001 npm start`
    case 'EACCES':
      return port === null ? null : `Port ${port} may not be opened by this user. Choose one above 1023: PORT=3000`
    case 'EADDRNOTAVAIL':
      return 'This machine has no such address. Check HOST.'
    case 'ECONNREFUSED':
      return 'PostgreSQL does not answer at DATABASE_URL. Is it running?'
    default:
      return null
  }
}
