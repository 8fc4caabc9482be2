/** The embedded PostgreSQL cannot run. The message is one line that says what to do; it can be shown as it is. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError'
}
