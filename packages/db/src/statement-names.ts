import { createHash } from 'node:crypto'

const MAX_NAMED = 500

/**
 * Names prepared statements, so that PostgreSQL parses and plans a statement once per connection. The first 500 distinct
 * statements get a name; later ones get none and are prepared anew, so that variable lists cannot fill the server's memory.
 */
export function createStatementNames(maxNamed = MAX_NAMED): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>()
  return ({ sql }) => {
    const known = names.get(sql)
    if (known !== undefined) return known
    if (names.size >= maxNamed) return ''
    const name = `m${createHash('sha256').update(sql).digest('hex').slice(0, 32)}`
    names.set(sql, name)
    return name
  }
}
