import { isActiveCampaign, MaildockError, type CampaignReport } from '@maildock/core'
import { inTransaction, lockUser } from '@maildock/db'
import type { ApiRuntime } from '../api-runtime.ts'

/**
 * Keeps what the guard of the last account needs of a campaign. It takes the lock that disconnecting takes: of an activation
 * and a disconnect at the same time, whichever comes second is refused. Idempotent.
 * @throws MaildockError campaign.account_mismatch when the account is not the user's, when an active campaign names a
 *   disconnected account, or when the campaign is known as another user's
 */
export async function reportCampaign({ database }: ApiRuntime, report: CampaignReport): Promise<CampaignReport> {
  const { campaignId, userId, accountId, status } = report
  return await inTransaction(database.pool, async (client) => {
    await lockUser(client, userId)
    const { rowCount: usable } = await client.query(
      'select 1 from account where id = $1 and user_id = $2 and (disconnected_at is null or not $3)',
      [accountId, userId, isActiveCampaign(status)],
    )
    if (usable === 0) {
      throw new MaildockError('campaign.account_mismatch')
    }
    const { rowCount: kept } = await client.query(
      `insert into campaign (id, user_id, account_id, status, reported_at) values ($1, $2, $3, $4, now())
       on conflict (id) do update set account_id = excluded.account_id, status = excluded.status, reported_at = now()
       where campaign.user_id = excluded.user_id`,
      [campaignId, userId, accountId, status],
    )
    if (kept === 0) {
      throw new MaildockError('campaign.account_mismatch')
    }
    return report
  })
}
