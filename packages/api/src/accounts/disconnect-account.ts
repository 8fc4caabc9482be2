import { MaildockError, type Uuid } from '@maildock/core'
import { inTransaction, lockUser, publishLiveNotice, type SqlExecutor } from '@maildock/db'
import { cancelWaiting } from '@maildock/outbox'
import type { ApiRuntime } from '../api-runtime.ts'
import { ACTIVE_CAMPAIGN_STATUSES } from '../campaigns/active-campaign.ts'
import { readAccount, promoteOldest } from './account-store.ts'
import { eraseCredentials } from './credential-store.ts'
import { dropSyncJob, fenceOffSync } from './sync-fence.ts'

/**
 * Disconnects an account in one transaction: the credentials are gone at once, a running sync can write nothing more, the
 * waiting job is dropped, messages that wait are not sent any more, and the oldest other account becomes the default if this one was it. The synced mail stays readable.
 * @throws MaildockError account.not_found (also the second time), account.last_default_in_use
 */
export async function disconnectAccount({ database }: ApiRuntime, userId: Uuid, id: string): Promise<{ id: Uuid }> {
  return await inTransaction(database.pool, async (client) => {
    await lockUser(client, userId)
    const account = await readAccount(client, userId, id)
    await assertNotLastInUse(client, userId)
    await fenceOffSync(client, account.id)
    await dropSyncJob(client, account.id)
    await cancelWaiting(client, account.id)
    await eraseCredentials(client, account.id)
    await client.query('update account set disconnected_at = now(), is_default = false, updated_at = now() where id = $1', [account.id])
    const promoted = account.is_default ? await promoteOldest(client, userId) : null
    await publishLiveNotice(client, { kind: 'account', userId, accountId: account.id })
    if (promoted !== null) {
      await publishLiveNotice(client, { kind: 'account', userId, accountId: promoted })
    }
    return { id: account.id }
  })
}

async function assertNotLastInUse(executor: SqlExecutor, userId: Uuid): Promise<void> {
  const { rows } = await executor.query(
    `select 1 where (select count(*) from account where user_id = $1 and disconnected_at is null) = 1
       and exists (select 1 from campaign where user_id = $1 and status = any ($2::text[]))`,
    [userId, ACTIVE_CAMPAIGN_STATUSES],
  )
  if (rows.length > 0) {
    throw new MaildockError('account.last_default_in_use')
  }
}
