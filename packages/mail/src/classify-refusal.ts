import type { VerificationStage } from '@maildock/core'
import type { MailProvider } from './discovery/mail-provider.ts'
import type { RefusalReason } from './fault-reason.ts'
import type { RefusalFacts } from './refusal.ts'
import { findPhrase, saysLater } from './refusal-phrases.ts'

export interface RefusalQuestion extends RefusalFacts {
  readonly stage: VerificationStage
  readonly provider: MailProvider | null
}

/** Response codes of RFC 5530 and of large providers. Where a text is more precise (app password, IMAP off), the text wins. */
const BY_RESPONSE_CODE: Readonly<Record<string, RefusalReason>> = {
  AUTHENTICATIONFAILED: 'wrong_password',
  AUTHORIZATIONFAILED: 'not_permitted',
  NOPERM: 'not_permitted',
  EXPIRED: 'expired_password',
  PRIVACYREQUIRED: 'needs_tls',
  CONTACTADMIN: 'contact_admin',
  WEBALERT: 'web_sign_in',
  UNAVAILABLE: 'unavailable',
  SERVERBUG: 'unavailable',
  INUSE: 'unavailable',
  LIMIT: 'throttled',
  THROTTLED: 'throttled',
  OVERQUOTA: 'throttled',
  CORRUPTION: 'mailbox_broken',
  CANNOT: 'mailbox_broken',
  NONEXISTENT: 'mailbox_broken',
  TRYCREATE: 'mailbox_broken',
  CLIENTBUG: 'nonsense',
}

/** These say that the password was not judged at all; no wording may turn them into a wrong password. */
const NOT_NOW: ReadonlySet<string> = new Set(['UNAVAILABLE', 'SERVERBUG', 'INUSE', 'LIMIT', 'THROTTLED', 'OVERQUOTA'])

/** These speak of the login. Before it they cannot be meant. */
const OF_THE_LOGIN: ReadonlySet<RefusalReason> = new Set(['wrong_password', 'expired_password', 'app_password', 'web_sign_in'])

/**
 * What a refusal means, from the facts alone. Order: codes that say "not now", wordings of known servers, codes, numbers, and last the
 * stage: a bare refusal of a login is a wrong password (faults.md 2.3 and RFC 5530 section 3), a bare refusal elsewhere is not.
 */
export function classifyRefusal(question: RefusalQuestion): RefusalReason {
  const { responseCode, text, stage, provider } = question
  const byCode = responseCode === undefined ? undefined : BY_RESPONSE_CODE[responseCode]
  if (byCode !== undefined && NOT_NOW.has(responseCode ?? '')) return byCode
  const said = findPhrase(text, provider) ?? byCode
  if (said !== undefined && OF_THE_LOGIN.has(said) && stage !== 'auth' && stage !== 'ready') return bySmtpNumbers(question) ?? 'unavailable'
  // What speaks of a mailbox cannot be meant of a login.
  if (stage === 'auth' && said === 'mailbox_broken') return 'wrong_password'
  return said ?? bySmtpNumbers(question) ?? (saysLater(text) ? 'unavailable' : byStage(question))
}

function bySmtpNumbers({ replyCode, enhancedStatus, stage }: RefusalQuestion): RefusalReason | undefined {
  if (replyCode === undefined) return undefined
  if (enhancedStatus?.startsWith('4.7.') === true) return 'throttled'
  if (replyCode >= 400 && replyCode < 500) return 'unavailable'
  if (stage === 'greeting') return 'not_welcome'
  if (stage === 'auth') return replyCode === 530 || replyCode === 538 ? 'needs_tls' : 'wrong_password'
  return 'nonsense'
}

function byStage({ stage, responseStatus }: RefusalQuestion): RefusalReason {
  if (responseStatus === 'BYE') return 'unavailable'
  if (stage === 'auth') return 'wrong_password'
  return responseStatus === 'BAD' ? 'nonsense' : 'unavailable'
}

const MAX_BACKOFF_MS = 24 * 60 * 60 * 1000

/** How long a text asks us to stay away (Microsoft 365 writes it there), at most a day. */
export function findBackoffMs(text: string): number | undefined {
  const match = /backoff time[:=\s]{1,5}(\d{1,12})/iu.exec(text)
  return match === null ? undefined : Math.min(Number(match[1]), MAX_BACKOFF_MS)
}
