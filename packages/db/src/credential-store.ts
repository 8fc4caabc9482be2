import type { Uuid } from '@maildock/core'
import type { SqlExecutor } from './sql-executor.ts'

/** A sealed value where it lies. What is in it only the vault knows. */
export interface StoredCredential {
  readonly accountId: Uuid
  readonly field: string
  readonly keyId: string
  readonly sealed: Uint8Array
}

/** Where a page of credentials ended. */
export type CredentialPosition = Pick<StoredCredential, 'accountId' | 'field'>

export interface ListCredentialsOptions {
  readonly after?: CredentialPosition
  readonly limit?: number
}

/**
 * A page of the credentials that another key than this one sealed, in the order of account and field; `after` goes on behind the
 * last one, so that a value that cannot be opened does not hold up the others.
 */
export async function listCredentialsNotSealedWith(
  executor: SqlExecutor,
  keyId: string,
  { after, limit = 200 }: ListCredentialsOptions = {},
): Promise<readonly StoredCredential[]> {
  const { rows } = await executor.query(
    `SELECT account_id AS "accountId", field, key_id AS "keyId", sealed FROM credential
     WHERE key_id <> $1::text AND ($2::uuid IS NULL OR (account_id, field) > ($2::uuid, $3::text))
     ORDER BY account_id, field LIMIT $4::int`,
    [keyId, after?.accountId ?? null, after?.field ?? null, limit],
  )
  return rows as StoredCredential[]
}

/** Credentials by the key that sealed them. A key that is not here may leave the key ring. */
export async function countCredentialsByKey(executor: SqlExecutor): Promise<ReadonlyMap<string, number>> {
  const { rows } = await executor.query('SELECT key_id AS "keyId", count(*)::int AS count FROM credential GROUP BY key_id ORDER BY key_id')
  return new Map((rows as { keyId: string; count: number }[]).map(({ keyId, count }) => [keyId, count]))
}

/**
 * Puts a new sealed value in the place of exactly the one that was read. One statement, so that a rotation can run beside writers,
 * twice at once, or again after it was killed.
 * @returns false when the value was changed or erased meanwhile: then there is nothing to do
 */
export async function replaceSealed(
  executor: SqlExecutor,
  read: StoredCredential,
  replacement: Pick<StoredCredential, 'keyId' | 'sealed'>,
): Promise<boolean> {
  const { rows } = await executor.query(
    `UPDATE credential SET key_id = $5::text, sealed = $6::bytea
     WHERE account_id = $1::uuid AND field = $2::text AND key_id = $3::text AND sealed = $4::bytea RETURNING 1 AS replaced`,
    [read.accountId, read.field, read.keyId, Buffer.from(read.sealed), replacement.keyId, Buffer.from(replacement.sealed)],
  )
  return rows.length === 1
}
