import { MaildockError, toEmailKey, type Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'

/** Who asks for a message to be sent. */
export interface SenderQuestion {
  readonly userId: Uuid
  readonly email: string
  /** The only account allowed. Null: all of the user's. */
  readonly allowedAccountId: Uuid | null
}

export interface Sender {
  readonly accountId: Uuid
  readonly email: string
  /** Name for outgoing mail. */
  readonly name: string | null
}

/**
 * The connected account with this address. What is another user's, disconnected, unknown, or not this key's is told in the same words.
 * @throws MaildockError send.sender_not_allowed
 */
export async function getSender(executor: SqlExecutor, { userId, email, allowedAccountId }: SenderQuestion): Promise<Sender> {
  const { rows } = await executor.query(
    `SELECT id AS "accountId", email, name FROM account
     WHERE user_id = $1::uuid AND email_key = $2::text AND disconnected_at IS NULL AND ($3::uuid IS NULL OR id = $3::uuid)`,
    [userId, toEmailKey(email), allowedAccountId],
  )
  const [sender] = rows as Sender[]
  if (sender === undefined) {
    throw new MaildockError('send.sender_not_allowed')
  }
  return sender
}
