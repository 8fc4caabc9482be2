import { isUuid, MaildockError, type Uuid } from '@maildock/core'
import type { ApiDeps } from '../api-deps.ts'

const OWNS = { name: 'api-owns-account', text: 'select 1 from account where id = $1 and user_id = $2' }

/**
 * Passes when the account is the user's, connected or not: synced mail stays readable after a disconnect.
 * @throws MaildockError account.not_found
 */
export async function assertReadableAccount({ database }: Pick<ApiDeps, 'database'>, userId: Uuid, accountId: string): Promise<void> {
  const { rowCount } = isUuid(accountId) ? await database.pool.query({ ...OWNS, values: [accountId, userId] }) : { rowCount: 0 }
  if (rowCount === 0) {
    throw new MaildockError('account.not_found')
  }
}
