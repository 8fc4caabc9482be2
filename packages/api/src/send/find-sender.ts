import { MaildockError, toEmailKey, type Uuid } from '@maildock/core'
import { runPrepared, type SqlExecutor } from '@maildock/db'
import { toSuppressionKey } from '@maildock/outbox'

/** Who asks for a message to be sent. */
export interface SenderQuestion {
  readonly userId: Uuid
  readonly email: string
  /** The only account allowed. Null: all of the user's. */
  readonly allowedAccountId: Uuid | null
  readonly recipients: readonly { readonly address: string }[]
}

export interface Sender {
  readonly accountId: Uuid
  readonly email: string
  /** Name for outgoing mail. */
  readonly name: string | null
  /** Those of the recipients that are suppressed for the user. */
  readonly suppressed: readonly string[]
}

const FIND_SENDER = {
  name: 'api-find-sender',
  text: `SELECT id AS "accountId", email, name,
       ARRAY(SELECT address_key FROM suppression WHERE suppression.user_id = $1::uuid AND address_key = ANY($4::text[])) AS "suppressedKeys"
     FROM account WHERE user_id = $1::uuid AND email_key = $2::text AND disconnected_at IS NULL AND ($3::uuid IS NULL OR id = $3::uuid)`,
}

interface SenderRow extends Omit<Sender, 'suppressed'> {
  readonly suppressedKeys: readonly string[]
}

/**
 * The connected account with this address. What is another user's, disconnected, unknown, or not this key's is told in the same words.
 * @throws MaildockError send.sender_not_allowed
 */
export async function getSender(executor: SqlExecutor, { userId, email, allowedAccountId, recipients }: SenderQuestion): Promise<Sender> {
  const keys = new Map(recipients.map(({ address }) => [address, toSuppressionKey(address)]))
  const { rows } = await runPrepared(executor, FIND_SENDER, [userId, toEmailKey(email), allowedAccountId, [...new Set(keys.values())]])
  const [row] = rows as SenderRow[]
  if (row === undefined) {
    throw new MaildockError('send.sender_not_allowed')
  }
  const { suppressedKeys, ...sender } = row
  return { ...sender, suppressed: [...keys].flatMap(([address, key]) => (suppressedKeys.includes(key) ? [address] : [])) }
}
