import type { Account, SyncError } from '@maildock/client'
import { describeAge, describeDistance } from '../ui/relative-date.ts'

/** What would repair the account: other credentials, other servers, or only time. */
export type SyncRemedy = 'credentials' | 'servers' | 'wait'

export interface SyncErrorExplanation {
  readonly title: string
  readonly meaning: string
  readonly next: string
  readonly remedy: SyncRemedy
}

const CREDENTIALS: ReadonlySet<string> = new Set([
  'imap.authentication_failed',
  'smtp.authentication_failed',
  'imap.app_password_required',
  'credentials.unreadable',
])
const SERVERS: ReadonlySet<string> = new Set([
  'host.not_found',
  'host.not_allowed',
  'tls.unsupported',
  'tls.certificate_invalid',
  'protocol.unexpected_greeting',
])

/** Whether entering the password again is what repairs the account. */
export function needsNewPassword(error: SyncError | null): boolean {
  return error !== null && CREDENTIALS.has(error.code)
}

/** The reason an account is behind, in words, with the time of the next attempt. Codes it does not know keep their own sentence. */
export function explainSyncError(account: Pick<Account, 'syncStatus'>, error: SyncError, now: Date): SyncErrorExplanation {
  const remedy: SyncRemedy = needsNewPassword(error) ? 'credentials' : SERVERS.has(error.code) ? 'servers' : 'wait'
  return { title: titleOf(account, remedy), meaning: error.message, next: describeNextAttempt(error, now), remedy }
}

function titleOf(account: Pick<Account, 'syncStatus'>, remedy: SyncRemedy): string {
  switch (remedy) {
    case 'credentials':
      return 'The sign-in is no longer accepted'
    case 'servers':
      return 'The mail server cannot be used as it is set up'
    case 'wait':
      return account.syncStatus === 'error' ? 'The mail server cannot be reached' : 'The last attempt did not get through'
    default:
      return remedy satisfies never
  }
}

function describeNextAttempt(error: SyncError, now: Date): string {
  const since = `It began ${describeAge(error.since, now)}.`
  if (error.nextAttemptAt === null) return `${since} No further attempt before the account is changed.`
  if (error.nextAttemptAt.getTime() <= now.getTime()) return `${since} The next attempt is starting.`
  return `${since} Next attempt ${describeDistance(error.nextAttemptAt, now)}.`
}
