import { isUuid, toEmailKey, toStorableText, type ListSuppressionsInput, type SuppressionPage, type Uuid } from '@maildock/core'
import type { z } from 'zod'
import type { ApiDeps } from '../api-deps.ts'
import { SUPPRESSION_COLUMNS, toSuppression, type SuppressionRow } from './suppression-row.ts'
import { invalidCursor } from '../validation/invalid-fields.ts'

/** Values: user, rows wanted, part of an address or null, then the last id of the page before. */
const list = (start: 'first' | 'next'): string => `select ${SUPPRESSION_COLUMNS} from suppression
  where user_id = $1 and ($3::text is null or strpos(address_key, $3) > 0) ${start === 'first' ? '' : 'and id < $4::uuid'}
  order by id desc limit $2`

const LIST = {
  first: { name: 'api-list-suppressions-first', text: list('first') },
  next: { name: 'api-list-suppressions-next', text: list('next') },
} as const

/**
 * A page of the addresses a user's mail is not sent to, newest first.
 * @throws MaildockError validation.failed for a cursor that is none
 */
export async function listSuppressions(
  { database }: Pick<ApiDeps, 'database'>,
  userId: Uuid,
  { search = '', cursor, limit }: z.output<typeof ListSuppressionsInput>,
): Promise<SuppressionPage> {
  if (cursor !== undefined && !isUuid(cursor)) {
    throw invalidCursor()
  }
  const wanted = toEmailKey(toStorableText(search))
  const values = [userId, limit + 1, wanted === '' ? null : wanted, ...(cursor === undefined ? [] : [cursor])]
  const { rows } = await database.pool.query<SuppressionRow>({ ...LIST[cursor === undefined ? 'first' : 'next'], values })
  const page = rows.slice(0, limit)
  return { suppressions: page.map(toSuppression), nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null }
}
