import { DraftContent, isUuid, MaildockError, type Draft, type DraftAttachment } from '@maildock/core'
import type { ApiDeps } from '../api-deps.ts'
import { IS_DRAFT, REVISION, type DraftKey } from './draft-row.ts'

const GET = {
  name: 'api-get-draft',
  text: `select ${REVISION}, content, coalesce((
      select json_agg(json_build_object('attachmentId', attachment.id, 'filename', filename, 'contentType', content_type,
        'sizeOctets', size_octets) order by attachment.id)
      from draft_attachment as attachment where attachment.user_id = draft.user_id and draft_id = draft.id), '[]') as attachments
    from draft where user_id = $1 and id = $2 and ${IS_DRAFT}`,
}

interface DraftRow extends Pick<Draft, 'draftId' | 'revision' | 'updatedAt'> {
  readonly content: unknown
  readonly attachments: DraftAttachment[]
}

/** @throws MaildockError draft.not_found */
export async function getDraft({ database }: Pick<ApiDeps, 'database'>, { userId, draftId }: DraftKey): Promise<Draft> {
  const { rows } = isUuid(draftId) ? await database.pool.query<DraftRow>({ ...GET, values: [userId, draftId] }) : { rows: [] }
  const [row] = rows
  if (row === undefined) {
    throw new MaildockError('draft.not_found')
  }
  return { ...row, content: DraftContent.parse(row.content) }
}
