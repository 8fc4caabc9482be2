import { isUuid, MaildockError, type Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import type { DraftAttachment } from '@maildock/mail'
import { IS_DRAFT, lockDraft } from '../drafts/draft-row.ts'

/** A draft that is to be sent, as it was read. */
export interface TakenDraft {
  readonly draftId: Uuid
  readonly revision: number
  readonly filesRevision: number
  readonly attachments: readonly DraftAttachment[]
}

/** The draft's files, and which revision they are of. @throws MaildockError draft.not_found, draft.sent */
export async function readDraft(executor: SqlExecutor, userId: Uuid, draftId: string): Promise<TakenDraft> {
  const { rows } = isUuid(draftId)
    ? await executor.query(
        `SELECT revision, files_revision AS "filesRevision", ${IS_DRAFT} AS "isDraft", filename, attachment.content, content_type AS "contentType"
         FROM draft LEFT JOIN draft_attachment AS attachment ON attachment.user_id = draft.user_id AND draft_id = draft.id AND ${IS_DRAFT}
         WHERE draft.user_id = $1::uuid AND draft.id = $2::uuid ORDER BY attachment.id`,
        [userId, draftId],
      )
    : { rows: [] }
  const found = rows as {
    revision: number
    filesRevision: number
    isDraft: boolean
    filename: string | null
    content: Buffer
    contentType: string | null
  }[]
  const [first] = found
  if (first === undefined) {
    throw new MaildockError('draft.not_found')
  }
  if (!first.isDraft) {
    throw new MaildockError('draft.sent')
  }
  return {
    draftId,
    revision: first.revision,
    filesRevision: first.filesRevision,
    attachments: found.flatMap(({ filename, content, contentType }) =>
      filename === null ? [] : [{ filename, content, contentType: contentType ?? undefined }],
    ),
  }
}

/**
 * Makes the draft the submission's, in the transaction that commits it: it is sent once, whoever else sends or changes it at the same time.
 * @throws MaildockError draft.not_found, draft.sent, draft.changed_meanwhile
 */
export async function takeDraft(
  executor: SqlExecutor,
  userId: Uuid,
  { draftId, revision, filesRevision, submissionId }: Omit<TakenDraft, 'attachments'> & { readonly submissionId: Uuid },
): Promise<void> {
  await lockDraft(executor, { userId, draftId })
  const { rows } = await executor.query(
    `SELECT revision, files_revision AS "filesRevision", ${IS_DRAFT} AS "isDraft" FROM draft WHERE user_id = $1::uuid AND id = $2::uuid`,
    [userId, draftId],
  )
  const [draft] = rows as { revision: number; filesRevision: number; isDraft: boolean }[]
  if (draft?.isDraft !== true) {
    throw new MaildockError('draft.sent')
  }
  if (draft.revision !== revision || draft.filesRevision !== filesRevision) {
    throw new MaildockError('draft.changed_meanwhile')
  }
  await executor.query('UPDATE draft SET submission_id = $3::uuid WHERE user_id = $1::uuid AND id = $2::uuid', [
    userId,
    draftId,
    submissionId,
  ])
}
