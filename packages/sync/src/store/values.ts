/** PostgreSQL counts parameters with 16 bits. */
const MAX_PARAMETERS = 65_535

export interface Values {
  /** `($1::uuid, $2::text), ($3::uuid, $4::text)` */
  readonly text: string
  readonly parameters: unknown[]
}

/**
 * Writes rows as the VALUES of one statement: the fastest way in for rows with large octet strings (targets.md). Types are those of the
 * columns, in order. Rows that do not fit one statement are given as several.
 */
export function toValues(types: readonly string[], rows: readonly (readonly unknown[])[]): Values[] {
  const perStatement = Math.floor(MAX_PARAMETERS / types.length)
  const statements: Values[] = []
  for (let start = 0; start < rows.length; start += perStatement) {
    const chunk = rows.slice(start, start + perStatement)
    const text = chunk
      .map((_row, rowIndex) => `(${types.map((type, index) => `$${rowIndex * types.length + index + 1}::${type}`).join(', ')})`)
      .join(', ')
    statements.push({ text, parameters: chunk.flat() })
  }
  return statements
}
