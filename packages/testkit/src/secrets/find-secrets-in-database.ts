import { Client } from 'pg'
import { listSecretForms } from './remembered-secrets.ts'

/** Where a secret was found: which of them (by its place in the list, never by its text) and in which table. */
export interface FoundSecret {
  readonly secret: number
  readonly table: string
}

/** Searches every row of every table, of all schemas, in the text form PostgreSQL dumps: octets are hex there. */
export async function findSecretsInDatabase(connectionString: string, secrets: readonly string[]): Promise<readonly FoundSecret[]> {
  if (secrets.length === 0) return []
  const client = new Client({ connectionString })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    )
    const found: FoundSecret[] = []
    for (const { name } of rows) {
      for (const [secret, text] of secrets.entries()) {
        const hit = await client.query(`SELECT 1 FROM ${name} AS r WHERE r::text ILIKE ANY ($1::text[]) LIMIT 1`, [toPatterns(text)])
        if (hit.rowCount !== 0) found.push({ secret, table: name })
      }
    }
    return found
  } finally {
    await client.end()
  }
}

/** Inside a row, PostgreSQL doubles quotes and backslashes: both spellings are looked for. */
function toPatterns(secret: string): string[] {
  const forms = listSecretForms(secret)
  const doubled = forms.map((form) => form.replaceAll(/["\\]/gu, '$&$&'))
  return [...forms, ...doubled].map((form) => `%${form.replaceAll(/[%_\\]/gu, '\\$&')}%`)
}
