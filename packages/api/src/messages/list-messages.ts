import { isUuid, MaildockError, type MessagePage, type Uuid } from '@maildock/core'
import type { ApiDeps } from '../api-deps.ts'
import { assertReadableAccount } from '../accounts/assert-readable-account.ts'
import { formatMessageCursor, parseMessageCursor, type MessageCursor } from './message-cursor.ts'
import { BODY, PLACED, SUMMARY_COLUMNS, toMessageSummary, type SummaryRow } from './message-row.ts'

type Start = 'first' | 'next'

/** Values: account, rows wanted, then time and id of the cursor. Messages that are in no mailbox any more are left out. */
const listAll = (start: Start): string => `select ${SUMMARY_COLUMNS}, message.internal_date as received_at
    from message cross join ${PLACED} ${BODY}
    where message.account_id = $1 and placed.mailbox_ids is not null
      ${start === 'first' ? '' : 'and (message.internal_date, message.id) < ($3::timestamptz, $4::uuid)'}
    order by message.internal_date desc, message.id desc limit $2`

/**
 * Values: account, rows wanted, mailbox, then time and id of the cursor. A message that is in the mailbox twice is shown once. Every date is after
 * -infinity: who says so may use the index of dates (placement_by_date).
 */
const listMailbox = (start: Start): string => `select ${SUMMARY_COLUMNS}, page.internal_date as received_at
    from (
      select distinct internal_date, message_id from placement as listed
      where account_id = $1 and mailbox_id = $3 and internal_date > '-infinity'
        ${start === 'first' ? '' : 'and (internal_date, message_id) < ($4::timestamptz, $5::uuid)'}
        and not exists (
          select 1 from placement as newer where newer.account_id = $1 and newer.message_id = listed.message_id
            and newer.mailbox_id = $3 and newer.internal_date > listed.internal_date
        )
      order by internal_date desc, message_id desc limit $2
    ) as page
    join message on message.account_id = $1 and message.id = page.message_id
    cross join ${PLACED} ${BODY}
    order by page.internal_date desc, page.message_id desc`

/**
 * Values: account, rows wanted, thread, mailbox or null, then time and id of the cursor. A thread that was merged into another is that one.
 * It has few messages, so where each of them is can be asked of all.
 */
const listThread = (start: Start): string => `select ${SUMMARY_COLUMNS}, message.internal_date as received_at
    from message cross join ${PLACED} ${BODY}
    where message.account_id = $1
      and message.thread_id = coalesce((select merged_into from thread where account_id = $1 and id = $3), $3::uuid)
      and placed.mailbox_ids is not null and ($4::uuid is null or $4 = any(placed.mailbox_ids))
      ${start === 'first' ? '' : 'and (message.internal_date, message.id) < ($5::timestamptz, $6::uuid)'}
    order by message.internal_date desc, message.id desc limit $2`

/** One statement for the first page and one for the others: only so can the place in the index be the start of the scan. */
const ALL = { first: listAll('first'), next: listAll('next') } as const
const OF_THREAD = { first: listThread('first'), next: listThread('next') } as const
const OF_MAILBOX = { first: listMailbox('first'), next: listMailbox('next') } as const

const MAILBOX = { name: 'api-owns-mailbox', text: 'select 1 from mailbox where account_id = $1 and id = $2' }

export interface MessageListRequest {
  readonly accountId: string
  readonly mailboxId?: string | undefined
  readonly threadId?: string | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

/**
 * A page of an account's messages, newest first, of one mailbox or of all, of one thread or of all. A thread that is not there has no
 * messages. Also of a disconnected account.
 * @throws MaildockError account.not_found, mailbox.not_found, validation.failed for a cursor that is none
 */
export async function listMessages(deps: Pick<ApiDeps, 'database'>, userId: Uuid, request: MessageListRequest): Promise<MessagePage> {
  const { accountId, mailboxId, threadId, limit } = request
  const cursor = request.cursor === undefined ? null : parseMessageCursor(request.cursor)
  await assertReadableAccount(deps, userId, accountId)
  if (mailboxId !== undefined) {
    await assertMailbox(deps, accountId, mailboxId)
  }
  const rows = await readPage(deps, { accountId, mailboxId, threadId, cursor, wanted: limit + 1 })
  const messages = rows.slice(0, limit).map(toMessageSummary)
  const last = messages.at(-1)
  const more = rows.length > limit && last !== undefined
  return { messages, nextCursor: more ? formatMessageCursor({ receivedAt: last.receivedAt, messageId: last.id }) : null }
}

interface Page extends Pick<MessageListRequest, 'accountId' | 'mailboxId' | 'threadId'> {
  readonly cursor: MessageCursor | null
  readonly wanted: number
}

async function readPage({ database }: Pick<ApiDeps, 'database'>, page: Page): Promise<readonly SummaryRow[]> {
  if (page.threadId !== undefined && !isUuid(page.threadId)) {
    return []
  }
  return (await database.pool.query<SummaryRow>(toQuery(page))).rows
}

function toQuery({ accountId, mailboxId, threadId, cursor, wanted }: Page): { name: string; text: string; values: unknown[] } {
  const start: Start = cursor === null ? 'first' : 'next'
  const place = cursor === null ? [] : [cursor.receivedAt, cursor.messageId]
  if (threadId !== undefined) {
    return {
      name: `api-list-thread-messages-${start}`,
      text: OF_THREAD[start],
      values: [accountId, wanted, threadId, mailboxId ?? null, ...place],
    }
  }
  return mailboxId === undefined
    ? { name: `api-list-messages-${start}`, text: ALL[start], values: [accountId, wanted, ...place] }
    : { name: `api-list-mailbox-messages-${start}`, text: OF_MAILBOX[start], values: [accountId, wanted, mailboxId, ...place] }
}

async function assertMailbox({ database }: Pick<ApiDeps, 'database'>, accountId: Uuid, mailboxId: string): Promise<void> {
  const { rowCount } = isUuid(mailboxId) ? await database.pool.query({ ...MAILBOX, values: [accountId, mailboxId] }) : { rowCount: 0 }
  if (rowCount === 0) {
    throw new MaildockError('mailbox.not_found')
  }
}
