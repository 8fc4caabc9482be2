/** The database cannot be brought to this version's schema. Nothing was changed. The message is one line for the operator. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}
