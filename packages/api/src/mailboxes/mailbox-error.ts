import { ERROR_CATALOGUE, isErrorCode, type MailboxError } from '@maildock/core'

/** What a MailboxError is made of, for every statement over `mailbox` that tells one. */
export const MAILBOX_ERROR_COLUMNS = `mailbox.error_code as "errorCode", mailbox.next_attempt_at as "nextAttemptAt"`

export interface MailboxErrorRow {
  readonly errorCode: string | null
  readonly nextAttemptAt: Date | null
}

/** Why a mailbox cannot be read, or null. A code this version does not know keeps its name and gets a sentence that fits any. */
export function toMailboxError({ errorCode: code, nextAttemptAt }: MailboxErrorRow): MailboxError | null {
  return code === null ? null : { code, message: ERROR_CATALOGUE[isErrorCode(code) ? code : 'sync.server_error'].message, nextAttemptAt }
}
