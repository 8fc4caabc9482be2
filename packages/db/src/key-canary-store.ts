import type { SqlExecutor } from './sql-executor.ts'

/** A known value sealed with one key: opening it proves that the configured key of this id is the one that was used before. */
export interface KeyCanary {
  readonly keyId: string
  readonly sealed: Uint8Array
}

/** All canaries, by key id. */
export async function listKeyCanaries(executor: SqlExecutor): Promise<readonly KeyCanary[]> {
  const { rows } = await executor.query('SELECT key_id AS "keyId", sealed FROM key_canary ORDER BY key_id')
  return rows as KeyCanary[]
}

/** Stores the canary of a key seen for the first time. A stored one is never replaced. @returns the one that is stored now */
export async function ensureKeyCanary(executor: SqlExecutor, canary: KeyCanary): Promise<KeyCanary> {
  await executor.query('INSERT INTO key_canary (key_id, sealed) VALUES ($1::text, $2::bytea) ON CONFLICT (key_id) DO NOTHING', [
    canary.keyId,
    Buffer.from(canary.sealed),
  ])
  const { rows } = await executor.query('SELECT key_id AS "keyId", sealed FROM key_canary WHERE key_id = $1::text', [canary.keyId])
  const [stored] = rows as KeyCanary[]
  if (stored === undefined) throw new Error('A key canary vanished while it was stored.')
  return stored
}
