import {
  isUuid,
  MAX_ATTACHMENTS,
  MAX_DRAFT_FILE_OCTETS,
  MAX_USER_DRAFT_OCTETS,
  MaildockError,
  type AttachToDraftInput,
  type DetachFromDraftInput,
  type DraftRevision,
  type Uuid,
} from '@maildock/core'
import { inTransaction, lockUser, type SqlExecutor } from '@maildock/db'
import type { ApiDeps } from '../api-deps.ts'
import { IS_DRAFT, lockDraft, REVISION, type DraftKey } from './draft-row.ts'

/**
 * Stores a file with a draft. Repeated after an answer that was lost it is there once.
 * @throws MaildockError draft.not_found, request.too_large (with the others it would not fit into a message), draft.quota_reached
 */
export async function attachToDraft(
  { database }: Pick<ApiDeps, 'database'>,
  userId: Uuid,
  input: AttachToDraftInput,
): Promise<DraftRevision> {
  const { draftId, attachmentId, filename, contentType = null } = input
  const content = Buffer.from(input.content, 'base64')
  return await inTransaction(database.pool, async (client) => {
    await lockUser(client, userId)
    const told = await bumpFilesRevision(client, { userId, draftId })
    await client.query(
      `insert into draft_attachment (user_id, draft_id, id, filename, content_type, size_octets, content)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
      [userId, draftId, attachmentId, filename, contentType, content.length, content],
    )
    await refuseTooMuch(client, { userId, draftId })
    return told
  })
}

/** @throws MaildockError draft.not_found */
export async function detachFromDraft(
  { database }: Pick<ApiDeps, 'database'>,
  userId: Uuid,
  { draftId, attachmentId }: DetachFromDraftInput,
): Promise<DraftRevision> {
  return await inTransaction(database.pool, async (client) => {
    const told = await bumpFilesRevision(client, { userId, draftId })
    if (isUuid(attachmentId)) {
      await client.query('delete from draft_attachment where user_id = $1 and draft_id = $2 and id = $3', [userId, draftId, attachmentId])
    }
    return told
  })
}

async function bumpFilesRevision(client: SqlExecutor, { userId, draftId }: DraftKey): Promise<DraftRevision> {
  await lockDraft(client, { userId, draftId })
  const { rows } = await client.query(
    `update draft set files_revision = files_revision + 1, updated_at = clock_timestamp(), submission_id = null
     where user_id = $1 and id = $2 and ${IS_DRAFT} returning ${REVISION}`,
    [userId, draftId],
  )
  const [told] = rows as DraftRevision[]
  if (told === undefined) {
    throw new MaildockError('draft.not_found')
  }
  return told
}

async function refuseTooMuch(client: SqlExecutor, { userId, draftId }: DraftKey): Promise<void> {
  const { rows } = await client.query(
    `select coalesce(sum(size_octets) filter (where draft_id = $2), 0)::float8 as here, coalesce(sum(size_octets), 0)::float8 as "inAll",
       count(*) filter (where draft_id = $2)::int as files
     from draft_attachment where user_id = $1`,
    [userId, draftId],
  )
  const [size] = rows as { here: number; inAll: number; files: number }[]
  if (size === undefined || size.here > MAX_DRAFT_FILE_OCTETS || size.files > MAX_ATTACHMENTS) {
    throw new MaildockError('request.too_large')
  }
  if (size.inAll > MAX_USER_DRAFT_OCTETS) {
    throw new MaildockError('draft.quota_reached')
  }
}
