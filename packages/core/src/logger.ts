/** Fields of a log line: ids, counts, codes, durations. Never an address, subject, body, host credential or secret. */
export type LogFields = Readonly<Record<string, unknown>>

/** The part of pino every package uses. Packages are handed one; they never make one. */
export interface Logger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  child(fields: LogFields): Logger
}

/** A logger that says nothing, for tests and one-off commands. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
}
