import { isUuid, MaildockError, type Uuid } from '@maildock/core'
import type { ApiDeps } from '../api-deps.ts'

const REVOKE = {
  name: 'api-revoke-key',
  text: 'update api_key set revoked_at = coalesce(revoked_at, now()) where id = $1 and user_id = $2 returning id',
}

/**
 * Revokes a key of a user: it opens nothing from the next request on, on every process. It stays in lists, and cannot be made active again.
 * Idempotent.
 * @throws MaildockError key.not_found, also for another user's and an id that is no UUID
 */
export async function revokeKey({ database }: Pick<ApiDeps, 'database'>, userId: Uuid, id: string): Promise<{ id: Uuid }> {
  const { rows } = isUuid(id) ? await database.pool.query<{ id: Uuid }>({ ...REVOKE, values: [id, userId] }) : { rows: [] }
  if (rows[0] === undefined) {
    throw new MaildockError('key.not_found')
  }
  return rows[0]
}
