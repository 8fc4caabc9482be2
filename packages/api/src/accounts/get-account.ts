import { isUuid, MaildockError, type Account, type Uuid } from '@maildock/core'
import type { ApiDeps } from '../api-deps.ts'
import { ACCOUNT_COLUMNS, toAccount, type AccountRow } from './account-row.ts'

const GET = {
  name: 'api-get-account',
  text: `select ${ACCOUNT_COLUMNS} from account where id = $1 and user_id = $2 and disconnected_at is null`,
}

/**
 * One connected account of a user.
 * @throws MaildockError account.not_found, also for another user's, a disconnected one, and an id that is no UUID
 */
export async function getAccount({ database }: Pick<ApiDeps, 'database'>, userId: Uuid, id: string): Promise<Account> {
  const { rows } = isUuid(id) ? await database.pool.query<AccountRow>({ ...GET, values: [id, userId] }) : { rows: [] }
  const row = rows[0]
  if (row === undefined) {
    throw new MaildockError('account.not_found')
  }
  return toAccount(row)
}
