import type { Account, Uuid } from '@maildock/core'
import type { ApiDeps } from '../api-deps.ts'
import { ACCOUNT_COLUMNS, toAccount, type AccountRow } from './account-row.ts'

const LIST = {
  name: 'api-list-accounts',
  text: `select ${ACCOUNT_COLUMNS} from account where user_id = $1 and disconnected_at is null order by created_at, id`,
}

/** The connected accounts of a user, oldest first. One prepared statement: this is the most called procedure of all. */
export async function listAccounts({ database }: Pick<ApiDeps, 'database'>, userId: Uuid): Promise<Account[]> {
  const { rows } = await database.pool.query<AccountRow>({ ...LIST, values: [userId] })
  return rows.map(toAccount)
}
