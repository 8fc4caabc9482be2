import { MaildockError } from '@maildock/core'
import { inTransaction } from '@maildock/db'
import type { ApiDeps } from '../api-deps.ts'
import { IS_DRAFT, lockDraft, type DraftKey } from './draft-row.ts'

/** Deletes a draft with its files. @throws MaildockError draft.not_found */
export async function removeDraft({ database }: Pick<ApiDeps, 'database'>, { userId, draftId }: DraftKey): Promise<{ draftId: string }> {
  return await inTransaction(database.pool, async (client) => {
    await lockDraft(client, { userId, draftId })
    const { rowCount } = await client.query(`delete from draft where user_id = $1 and id = $2 and ${IS_DRAFT}`, [userId, draftId])
    if (rowCount !== 1) {
      throw new MaildockError('draft.not_found')
    }
    return { draftId }
  })
}
