import type { Logger } from '@maildock/core'
import { type DestinationStream, pino } from 'pino'

// The second wall: no code logs these, and if one does the value does not reach the sink.
const SECRET_FIELDS = ['password', 'pass', 'secret', 'token', 'authorization', 'cookie', 'sealed', 'credentials'].flatMap((name) => [
  name,
  `*.${name}`,
])

export interface LoggerOptions {
  readonly level: string
  readonly name: string
  readonly destination?: DestinationStream
}

/** The process's logger: JSON lines with ids, codes and durations; never an address, a subject, a body or a secret. */
export function createLogger({ level, name, destination }: LoggerOptions): Logger {
  const options = {
    level,
    name,
    base: { pid: process.pid },
    redact: { paths: SECRET_FIELDS, censor: '[redacted]' },
    serializers: { error: describeError, err: describeError },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

/** Name, code, message, stack and causes of an error; none of the fields libraries hang on theirs. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  return {
    name: error.name,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}
