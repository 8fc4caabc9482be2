import type { DraftSummary, Uuid } from '@maildock/core'
import type { ApiDeps } from '../api-deps.ts'
import { IS_DRAFT } from './draft-row.ts'

const LIST = {
  name: 'api-list-drafts',
  text: `select id as "draftId", content->>'subject' as subject, updated_at as "updatedAt",
      array(select jsonb_array_elements_text(content->'to') limit 3) as "to",
      (select count(*)::int from draft_attachment where draft_attachment.user_id = draft.user_id and draft_id = draft.id) as "attachmentCount"
    from draft where user_id = $1 and ${IS_DRAFT} order by updated_at desc, id desc`,
}

/** All drafts of a user, the one that was changed last first. They are few (MAX_DRAFTS). */
export async function listDrafts({ database }: Pick<ApiDeps, 'database'>, userId: Uuid): Promise<DraftSummary[]> {
  const { rows } = await database.pool.query<DraftSummary>({ ...LIST, values: [userId] })
  return rows
}
