import { MaildockError, toStorableText, type Uuid } from '@maildock/core'
import { toSuppressionKey } from '@maildock/outbox'
import type { ApiDeps } from '../api-deps.ts'

const REMOVE = {
  name: 'api-remove-suppression',
  text: 'delete from suppression where user_id = $1 and address_key = $2 returning address as email',
}

/**
 * Takes an address off a user's list: it is sent to again. The reports that put it there do not do so again.
 * @throws MaildockError suppression.not_found
 */
export async function removeSuppression({ database }: Pick<ApiDeps, 'database'>, userId: Uuid, email: string): Promise<{ email: string }> {
  const key = toSuppressionKey(toStorableText(email))
  const { rows } = await database.pool.query<{ email: string }>({ ...REMOVE, values: [userId, key] })
  if (rows[0] === undefined) {
    throw new MaildockError('suppression.not_found')
  }
  return rows[0]
}
