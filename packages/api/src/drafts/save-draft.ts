import { MAX_DRAFTS, MaildockError, type DraftRevision, type SaveDraftInput, type Uuid } from '@maildock/core'
import { inTransaction, lockUser, type SqlExecutor } from '@maildock/db'
import type { ApiDeps } from '../api-deps.ts'
import { IS_DRAFT, REVISION } from './draft-row.ts'

/**
 * Stores what was written so far: a new draft, or the next revision of one. Repeated after an answer that was lost it is the same revision.
 * @throws MaildockError draft.not_found (it was deleted, or sent), draft.changed_meanwhile, draft.quota_reached
 */
export async function saveDraft({ database }: Pick<ApiDeps, 'database'>, userId: Uuid, input: SaveDraftInput): Promise<DraftRevision> {
  return await inTransaction(database.pool, async (client) => {
    await lockUser(client, userId)
    const stored = await findStored(client, userId, input)
    if (stored === null) {
      return insertDraft(client, userId, input)
    }
    if (!stored.isDraft) {
      throw new MaildockError('draft.not_found')
    }
    if (stored.told.revision === input.revision + 1 && stored.isSame) {
      return stored.told
    }
    if (stored.told.revision !== input.revision) {
      throw new MaildockError('draft.changed_meanwhile')
    }
    return updateDraft(client, userId, input)
  })
}

interface StoredDraft {
  readonly isDraft: boolean
  readonly isSame: boolean
  readonly told: DraftRevision
}

async function findStored(client: SqlExecutor, userId: Uuid, { draftId, content }: SaveDraftInput): Promise<StoredDraft | null> {
  await client.query('select 1 as locked from draft where user_id = $1 and id = $2 for no key update', [userId, draftId])
  const { rows } = await client.query(
    `select ${REVISION}, ${IS_DRAFT} as "isDraft", content = $3::jsonb as "isSame" from draft where user_id = $1 and id = $2`,
    [userId, draftId, JSON.stringify(content)],
  )
  const [row] = rows as (DraftRevision & Pick<StoredDraft, 'isDraft' | 'isSame'>)[]
  if (row === undefined) {
    return null
  }
  const { isDraft, isSame, ...told } = row
  return { isDraft, isSame, told }
}

async function insertDraft(client: SqlExecutor, userId: Uuid, { draftId, revision, content }: SaveDraftInput): Promise<DraftRevision> {
  if (revision !== 0) {
    throw new MaildockError('draft.not_found')
  }
  const { rows } = await client.query(
    `insert into draft (user_id, id, revision, content)
     select $1, $2, 1, $3::jsonb where (select count(*) from draft where user_id = $1) < $4 returning ${REVISION}`,
    [userId, draftId, JSON.stringify(content), MAX_DRAFTS],
  )
  const [told] = rows as DraftRevision[]
  if (told === undefined) {
    throw new MaildockError('draft.quota_reached')
  }
  return told
}

async function updateDraft(client: SqlExecutor, userId: Uuid, { draftId, content }: SaveDraftInput): Promise<DraftRevision> {
  const { rows } = await client.query(
    `update draft set content = $3::jsonb, revision = revision + 1, updated_at = clock_timestamp(), submission_id = null
     where user_id = $1 and id = $2 returning ${REVISION}`,
    [userId, draftId, JSON.stringify(content)],
  )
  const [told] = rows as DraftRevision[]
  if (told === undefined) {
    throw new Error('A draft is gone although it is locked.')
  }
  return told
}
