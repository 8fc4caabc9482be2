import { MaildockError, type CreateApiKeyInput, type CreatedApiKey, type Uuid } from '@maildock/core'
import { inTransaction, lockUser, newId, type SqlExecutor } from '@maildock/db'
import type { z } from 'zod'
import { readAccount } from '../accounts/account-store.ts'
import { planLimitsOf } from '../accounts/plan-limits.ts'
import type { ApiDeps } from '../api-deps.ts'
import type { Session } from '../session-gate.ts'
import { API_KEY_COLUMNS, IS_ACTIVE, toApiKey, type ApiKeyRow } from './api-key-row.ts'
import { makeApiKeySecret } from './api-key-secret.ts'
import { keepOwnerPlan } from './keep-owner-plan.ts'

/**
 * Makes an API key of a user and tells it, this once: only its hash is stored. Quota and bound account are checked under the user's lock, so
 * that no more keys are active than the plan allows, however many are made at once. Revoked and expired keys do not count.
 * @throws MaildockError key.quota_reached; account.not_found when the key is to be bound to an account that is not a connected one of the user
 */
export async function createKey(
  deps: Pick<ApiDeps, 'database' | 'plans' | 'defaultPlan'>,
  session: Session,
  input: z.output<typeof CreateApiKeyInput>,
): Promise<CreatedApiKey> {
  const { userId } = session
  const maxKeys = planLimitsOf(deps, session.plan).activeApiKeys
  return await inTransaction(deps.database.pool, async (client) => {
    await lockUser(client, userId)
    const account = typeof input.allowedAccountId === 'string' ? await readAccount(client, userId, input.allowedAccountId) : null
    await assertMayCreate(client, userId, maxKeys)
    await keepOwnerPlan(client, session)
    const { key, prefix, hash } = makeApiKeySecret()
    const { rows } = await client.query<ApiKeyRow>(
      `insert into api_key (id, user_id, name, key_prefix, key_hash, scopes, allowed_account_id, plan, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${API_KEY_COLUMNS}`,
      [newId(), userId, input.name, prefix, hash, input.scopes, account?.id ?? null, session.plan, input.expiresAt ?? null],
    )
    if (rows[0] === undefined) {
      throw new Error('The statement was to return one key and returned none.')
    }
    return { ...toApiKey(rows[0]), key }
  })
}

async function assertMayCreate(executor: SqlExecutor, userId: Uuid, maxKeys: number | null): Promise<void> {
  if (maxKeys === null) return
  const { rows } = await executor.query(`select count(*)::int as active from api_key where user_id = $1 and ${IS_ACTIVE}`, [userId])
  const { active } = rows[0] as { active: number }
  if (active >= maxKeys) {
    throw new MaildockError('key.quota_reached')
  }
}
