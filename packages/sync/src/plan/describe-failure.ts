import { ERROR_CATALOGUE, MaildockError, type SyncFailure } from '@maildock/core'
import { isTransientDatabaseError } from '@maildock/db'
import { MailFault } from '@maildock/mail'

/** What went wrong with a pass, in the words of the account's state. Public: never a foreign error's text, never a secret. */
export function describeFailure(error: unknown): SyncFailure {
  if (error instanceof MailFault) {
    const message = error.serverResponse === undefined ? error.hint : `${error.hint} The server said: ${error.serverResponse}`
    return { class: error.class, code: error.code, message, retryAfterMs: error.retryAfterMs }
  }
  if (error instanceof MaildockError && error.code === 'credentials.unreadable') {
    return { class: 'credentials', code: error.code, message: error.message }
  }
  const code = isTransientDatabaseError(error) ? 'service.unavailable' : 'internal.error'
  return { class: 'internal', code, message: ERROR_CATALOGUE[code].message }
}
