import { MaildockError, type Suppression, type Uuid } from '@maildock/core'
import { inTransaction } from '@maildock/db'
import { parseMailPath } from '@maildock/mail'
import { suppress, toSuppressionKey } from '@maildock/outbox'
import type { ApiDeps } from '../api-deps.ts'
import { invalidFields } from '../validation/invalid-fields.ts'
import { SUPPRESSION_COLUMNS, toSuppression, type SuppressionRow } from './suppression-row.ts'

/**
 * Puts an address on a user's list. One that is there already stays as it is, and is answered. Idempotent.
 * @throws MaildockError validation.failed for an address nothing can be sent to
 */
export async function addSuppression({ database }: Pick<ApiDeps, 'database'>, userId: Uuid, email: string): Promise<Suppression> {
  const address = parseMailPath(email)?.address
  if (address === undefined) {
    throw invalidFields({ email: ['This address cannot be sent to.'] })
  }
  return await inTransaction(database.pool, async (client) => {
    await suppress(client, userId, [{ address, reason: 'manual', submissionId: null, detail: null }])
    const { rows } = await client.query<SuppressionRow>(
      `select ${SUPPRESSION_COLUMNS} from suppression where user_id = $1 and address_key = $2`,
      [userId, toSuppressionKey(address)],
    )
    if (rows[0] === undefined) {
      // Removed in the very moment.
      throw new MaildockError('service.unavailable')
    }
    return toSuppression(rows[0])
  })
}
