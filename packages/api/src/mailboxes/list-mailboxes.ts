import type { Mailbox, Uuid } from '@maildock/core'
import type { ApiDeps } from '../api-deps.ts'
import { assertReadableAccount } from '../accounts/assert-readable-account.ts'

const LIST = {
  name: 'api-list-mailboxes',
  text: `select mailbox.id, mailbox.account_id as "accountId", mailbox.path, mailbox.delimiter, mailbox.special_use as "specialUse",
           coalesce(counts.total, 0) as "messagesTotal", coalesce(counts.unseen, 0) as "messagesUnseen"
         from mailbox
         left join (
           select mailbox_id, count(*)::int as total, (count(*) filter (where not flags @> array['\\Seen']))::int as unseen
           from placement where account_id = $1 group by mailbox_id
         ) as counts on counts.mailbox_id = mailbox.id
         where mailbox.account_id = $1 and mailbox.gone_at is null and mailbox.selectable
         order by mailbox.sync_order, mailbox.path`,
}

/**
 * The mailboxes of an account that hold messages, in sync order: INBOX first. Also of a disconnected account.
 * @throws MaildockError account.not_found
 */
export async function listMailboxes(deps: Pick<ApiDeps, 'database'>, userId: Uuid, accountId: string): Promise<Mailbox[]> {
  await assertReadableAccount(deps, userId, accountId)
  const { rows } = await deps.database.pool.query<Mailbox>({ ...LIST, values: [accountId] })
  return rows
}
