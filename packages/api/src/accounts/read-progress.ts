import type { MailboxProgress, SyncProgress, Uuid } from '@maildock/core'
import type { ApiDeps } from '../api-deps.ts'
import { MAILBOX_ERROR_COLUMNS, toMailboxError, type MailboxErrorRow } from '../mailboxes/mailbox-error.ts'

const PROGRESS = {
  name: 'api-read-progress',
  text: `select mailbox.account_id as "accountId", mailbox.id as "mailboxId", mailbox.path,
           greatest(0, mailbox.messages_done - mailbox.messages_pending) as "messagesDone", mailbox.messages_expected as "messagesExpected",
           ${MAILBOX_ERROR_COLUMNS}
         from mailbox join account on account.id = mailbox.account_id
         where account.user_id = $1 and account.disconnected_at is null and mailbox.gone_at is null and mailbox.selectable
           and mailbox.synced
           and ($2::uuid[] is null or account.id = any ($2))
         order by mailbox.account_id, mailbox.sync_order, mailbox.path`,
}

/** Sync progress of a user's connected accounts that have mailboxes yet, of all or of those named. */
export async function readProgress(
  { database }: Pick<ApiDeps, 'database'>,
  userId: Uuid,
  accountIds: readonly Uuid[] | null = null,
): Promise<SyncProgress[]> {
  const { rows } = await database.pool.query<Omit<MailboxProgress, 'syncError'> & MailboxErrorRow & { accountId: Uuid }>({
    ...PROGRESS,
    values: [userId, accountIds],
  })
  return [...Map.groupBy(rows, (row) => row.accountId)].map(([accountId, mailboxes]) => ({
    accountId,
    messagesDone: sum(mailboxes.map(({ messagesDone }) => messagesDone)),
    messagesExpected: sum(mailboxes.map(({ messagesExpected }) => messagesExpected)),
    mailboxes: mailboxes.map((row) => ({
      mailboxId: row.mailboxId,
      path: row.path,
      messagesDone: row.messagesDone,
      messagesExpected: row.messagesExpected,
      syncError: toMailboxError(row),
    })),
  }))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
