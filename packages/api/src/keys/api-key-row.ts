import type { ApiKey, ApiKeyScope, Uuid } from '@maildock/core'

/** Whether a key still opens anything, by the clock of the database: one for all processes. */
export const IS_ACTIVE = '(revoked_at is null and (expires_at is null or expires_at > now()))'

/** The columns an ApiKey is made of, for every statement that reads or returns one. Never its hash. */
export const API_KEY_COLUMNS = `id, name, key_prefix, scopes, allowed_account_id, ${IS_ACTIVE} as is_active,
  last_used_at, created_at, expires_at, revoked_at`

/** A row of `api_key` with API_KEY_COLUMNS. Scopes are held to their values by a check of the database. */
export interface ApiKeyRow {
  readonly id: Uuid
  readonly name: string
  readonly key_prefix: string
  readonly scopes: ApiKeyScope[]
  readonly allowed_account_id: Uuid | null
  readonly is_active: boolean
  readonly last_used_at: Date | null
  readonly created_at: Date
  readonly expires_at: Date | null
  readonly revoked_at: Date | null
}

/** A key as it is told. Field by field, so that a column added to the row is not told by accident. */
export function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    keyPrefix: row.key_prefix,
    scopes: row.scopes,
    allowedAccountId: row.allowed_account_id,
    isActive: row.is_active,
    lastUsedAt: row.last_used_at,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  }
}
