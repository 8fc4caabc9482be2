import { isUuid, MaildockError, syncJobKey, type Mailbox, type UpdateMailboxInput, type Uuid } from '@maildock/core'
import { enqueueJob, inTransaction, publishLiveNotice } from '@maildock/db'
import type { PoolClient } from 'pg'
import type { ApiDeps } from '../api-deps.ts'
import { readAccount } from '../accounts/account-store.ts'
import { readMailboxes } from './list-mailboxes.ts'

/**
 * Chooses whether a mailbox is synchronised. Left out: it is not opened any more, what is stored stays readable. Taken in again: it goes on
 * where its cursor stands, at once. What kept it from being read is forgotten either way. Idempotent.
 * @throws MaildockError account.not_found, mailbox.not_found, mailbox.inbox_required
 */
export async function updateMailbox(deps: Pick<ApiDeps, 'database'>, userId: Uuid, input: UpdateMailboxInput): Promise<Mailbox> {
  return await inTransaction(deps.database.pool, async (client) => {
    const { id: accountId } = await readAccount(client, userId, input.accountId)
    const before = await findMailbox(client, accountId, input.id)
    if (!input.synced && before.specialUse === '\\Inbox') {
      throw new MaildockError('mailbox.inbox_required')
    }
    if (input.synced === before.synced) {
      return before
    }
    await client.query(
      `update mailbox set synced = $3::boolean, error_code = null, failures = 0, next_attempt_at = null where account_id = $1 and id = $2`,
      [accountId, before.id, input.synced],
    )
    if (input.synced) {
      await enqueueJob(client, { name: 'sync_account', payload: { accountId, reason: 'changed' } }, { jobKey: syncJobKey(accountId) })
    }
    await publishLiveNotice(client, { kind: 'progress', userId, accountId })
    await publishLiveNotice(client, { kind: 'messages', userId, accountId })
    return await findMailbox(client, accountId, before.id)
  })
}

async function findMailbox(client: PoolClient, accountId: Uuid, id: string): Promise<Mailbox> {
  const [mailbox] = isUuid(id) ? await readMailboxes(client, accountId, id) : []
  if (mailbox === undefined) {
    throw new MaildockError('mailbox.not_found')
  }
  return mailbox
}
