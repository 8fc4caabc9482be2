import {
  isUuid,
  MAX_SUMMARY_RECIPIENTS,
  type ListSubmissionsInput,
  type SubmissionFilter,
  type SubmissionPage,
  type SubmissionSummary,
  type Uuid,
} from '@maildock/core'
import { pausedUntil } from '@maildock/outbox'
import type { z } from 'zod'
import type { ApiDeps } from '../api-deps.ts'
import { invalidCursor } from '../validation/invalid-fields.ts'

/** As the partial indexes have them: only so can a page be the start of an index. */
const FILTERS: Readonly<Record<SubmissionFilter, string>> = {
  all: '',
  waiting: "and status in ('accepted', 'sending', 'deferred')",
  sent: "and status = 'sent'",
  failed: "and status in ('failed', 'unknown', 'cancelled')",
}

/** Values: user, rows wanted, the last id of the page before or the highest there is, then the account. Ids rise with time. */
const list = (
  filter: SubmissionFilter,
  ofAccount: boolean,
): string => `select page.id, page.account_id as "accountId", status, sandbox, subject, tags,
    attempts, api_key_id is not null as "byKey", created_at as "createdAt", scheduled_at as "scheduledAt",
    case when next_attempt_at is not null then greatest(next_attempt_at, ${pausedUntil('page.account_id')}) end as "nextAttemptAt", named.recipients, named."recipientCount", step.code
  from (
    select * from submission where user_id = $1 and id < $3::uuid ${FILTERS[filter]} ${ofAccount ? 'and account_id = $4::uuid' : ''}
    order by id desc limit $2
  ) as page
  cross join lateral (
    select coalesce(json_agg(json_build_object('email', address, 'kind', kind, 'status', recipient.status) order by position)
        filter (where position < ${MAX_SUMMARY_RECIPIENTS}), '[]') as recipients, count(*)::int as "recipientCount"
    from submission_recipient as recipient where recipient.account_id = page.account_id and submission_id = page.id
  ) as named
  left join lateral (
    select code from submission_step where submission_step.account_id = page.account_id and submission_id = page.id
    order by position desc limit 1
  ) as step on true
  order by page.id desc`

const AFTER_ALL = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/**
 * A page of what a user sent, newest first, of connected accounts and of disconnected ones.
 * @throws MaildockError validation.failed for a cursor that is none
 */
export async function listSubmissions(
  { database }: Pick<ApiDeps, 'database'>,
  userId: Uuid,
  { accountId, filter, cursor = AFTER_ALL, limit }: z.output<typeof ListSubmissionsInput>,
): Promise<SubmissionPage> {
  if (!isUuid(cursor)) {
    throw invalidCursor()
  }
  if (accountId !== undefined && !isUuid(accountId)) {
    return { submissions: [], nextCursor: null }
  }
  const { rows } = await database.pool.query<SubmissionSummary>({
    name: `api-list-submissions-${filter}${accountId === undefined ? '' : '-of-account'}`,
    text: list(filter, accountId !== undefined),
    values: [userId, limit + 1, cursor, ...(accountId === undefined ? [] : [accountId])],
  })
  const page = rows.slice(0, limit)
  return { submissions: page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null }
}
