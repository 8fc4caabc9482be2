import type { ApiKey } from '@maildock/core'
import type { ApiDeps } from '../api-deps.ts'
import type { Session } from '../session-gate.ts'
import { API_KEY_COLUMNS, IS_ACTIVE, toApiKey, type ApiKeyRow } from './api-key-row.ts'
import { keepOwnerPlan } from './keep-owner-plan.ts'

/** Most keys of one list. What falls out of it is revoked or expired, as long as fewer than these are active. */
const MAX_LISTED = 500

const LIST = {
  name: 'api-list-keys',
  text: `select ${API_KEY_COLUMNS} from api_key where user_id = $1
    order by ${IS_ACTIVE} desc, created_at desc, id desc limit ${MAX_LISTED}`,
}

/** The keys of a user: active ones first, then those that were revoked or have expired, each newest first; at most 500. */
export async function listKeys({ database: { pool } }: Pick<ApiDeps, 'database'>, session: Session): Promise<ApiKey[]> {
  await keepOwnerPlan(pool, session)
  const { rows } = await pool.query<ApiKeyRow>({ ...LIST, values: [session.userId] })
  return rows.map(toApiKey)
}
