import { isUuid, MaildockError, type Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'

/** Holds of a `draft` that is one: it was not sent, or nobody has what was sent: it was cancelled, or it failed and may be mended. */
export const IS_DRAFT = `not exists (select from submission where submission.user_id = draft.user_id and submission.id = draft.submission_id
  and submission.status not in ('cancelled', 'failed'))`

/** A change of a draft, as DraftRevision tells it. */
export const REVISION = 'id as "draftId", revision, updated_at as "updatedAt"'

/** Names a draft. */
export interface DraftKey {
  readonly userId: Uuid
  readonly draftId: string
}

/**
 * Makes the caller's transaction the only one that changes or sends a draft. A statement of its own: what follows sees the submission of who had it before, which
 * a statement that had waited for the row would not. @throws MaildockError draft.not_found
 */
export async function lockDraft(client: SqlExecutor, { userId, draftId }: DraftKey): Promise<void> {
  const { rows } = isUuid(draftId)
    ? await client.query('select 1 as locked from draft where user_id = $1 and id = $2 for no key update', [userId, draftId])
    : { rows: [] }
  if (rows.length === 0) {
    throw new MaildockError('draft.not_found')
  }
}
