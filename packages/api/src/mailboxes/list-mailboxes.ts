import type { Mailbox, Uuid } from '@maildock/core'
import type { Pool, PoolClient } from 'pg'
import type { ApiDeps } from '../api-deps.ts'
import { assertReadableAccount } from '../accounts/assert-readable-account.ts'
import { MAILBOX_COLUMNS, toMailbox, type MailboxRow } from './mailbox-row.ts'

const LIST = {
  name: 'api-list-mailboxes',
  text: `select ${MAILBOX_COLUMNS},
           coalesce(counts.total, 0) as "messagesTotal", coalesce(counts.unseen, 0) as "messagesUnseen"
         from mailbox
         left join (
           select mailbox_id, count(*)::int as total, (count(*) filter (where not flags @> array['\\Seen']))::int as unseen
           from placement where account_id = $1 and ($2::uuid is null or mailbox_id = $2) group by mailbox_id
         ) as counts on counts.mailbox_id = mailbox.id
         where mailbox.account_id = $1 and ($2::uuid is null or mailbox.id = $2) and mailbox.gone_at is null and mailbox.selectable
         order by mailbox.sync_order, mailbox.path`,
}

/**
 * The mailboxes of an account that hold messages, in sync order: INBOX first. Also of a disconnected account.
 * @throws MaildockError account.not_found
 */
export async function listMailboxes(deps: Pick<ApiDeps, 'database'>, userId: Uuid, accountId: string): Promise<Mailbox[]> {
  await assertReadableAccount(deps, userId, accountId)
  return await readMailboxes(deps.database.pool, accountId)
}

/** The same without asking who wants to know; with an id, that one alone. */
export async function readMailboxes(executor: Pool | PoolClient, accountId: Uuid, mailboxId: Uuid | null = null): Promise<Mailbox[]> {
  const { rows } = await executor.query<MailboxRow>({ ...LIST, values: [accountId, mailboxId] })
  return rows.map(toMailbox)
}
