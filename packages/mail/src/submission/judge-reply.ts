import { findBackoffMs } from '../classify-refusal.ts'
import { findPhrase } from '../refusal-phrases.ts'
import { ProtocolViolation } from '../wire/line-stream.ts'
import type { DeferralCode, RefusalCode } from './delivery-outcome.ts'
import type { SmtpReply } from './smtp-reply.ts'

/** A command that was answered. `data_end`: the final dot. */
export type AnsweredStage = 'mail' | 'rcpt' | 'data' | 'data_end'

export type Verdict =
  | { readonly verdict: 'accepted' }
  | { readonly verdict: 'refused'; readonly code: RefusalCode; readonly tooLarge: boolean }
  | {
      readonly verdict: 'deferred'
      readonly code: DeferralCode
      readonly retryAfterMs: number | null
      /** The account sends too much; another message would fare no better. */
      readonly limitsAccount: boolean
    }

/** RFC 4954 section 6 and RFC 3207: the session is not signed in, or not any more. */
const OF_THE_LOGIN: ReadonlySet<number> = new Set([530, 534, 535, 538])

/** Narrower than what throttles a login: "exceeded" and "limit" are said of mailboxes and sizes, too. */
const SENDING_LIMIT =
  /rate.?limit|(?:sending|daily|hourly) (?:\w+ ){0,4}(?:limit|quota)|is throttled|backoff time|too frequent|too many (?:\w+ ){0,2}(?:messages|e?mails|requests|connections)/iu

/**
 * What a reply means for the message (RFC 5321 section 4.2.1). 503 says that the server lost count, not that it refuses, and a full quota for today is
 * no answer for tomorrow, whatever its number.
 *
 * @throws ProtocolViolation for a reply that answers nothing we asked.
 */
export function judgeReply(reply: SmtpReply, stage: AnsweredStage): Verdict {
  const { replyCode, text } = reply
  if (replyCode >= 500) return saysNotNow(reply, stage) ? deferred(reply, stage) : refused(reply, stage)
  if (replyCode >= 400) return deferred(reply, stage)
  const isPositive = stage === 'data' ? replyCode === 354 : replyCode >= 200 && replyCode < 300
  if (!isPositive) throw new ProtocolViolation('an answer to something else', `${replyCode} ${text}`)
  return { verdict: 'accepted' }
}

/** After these a server hangs up, or we do not know what it waits for. */
export function endsTheSession({ replyCode }: SmtpReply): boolean {
  return replyCode === 421 || replyCode === 503
}

function saysNotNow(reply: SmtpReply, stage: AnsweredStage): boolean {
  const { replyCode, enhancedStatus } = reply
  const text = withoutAddresses(reply)
  if (replyCode === 503) return true
  // RFC 5321 section 4.5.3.1.10: a 552 for too many recipients is to be taken for a 452.
  if (stage === 'rcpt' && replyCode === 552) return enhancedStatus === '5.5.3' || /too many recipients/iu.test(text)
  if (OF_THE_LOGIN.has(replyCode) || isTooLarge(reply)) return false
  // Gmail: 550 5.4.5 Daily user sending limit exceeded. Microsoft 365: 550 5.1.90.
  return enhancedStatus === '5.4.5' || SENDING_LIMIT.test(text)
}

/** Servers repeat addresses, and what stands in one is somebody else's word. Linear: an expression for the words with an @ would not be. */
function withoutAddresses({ text }: SmtpReply): string {
  return text
    .replace(/<[^>]*>?/gu, ' ')
    .replace(/"[^"]*"?@\S*/gu, ' ')
    .split(/\s+/u)
    .filter((word) => !word.includes('@'))
    .join(' ')
}

/** A day's limit is a window that slides: there is room again before the day is over. */
const DAILY_PAUSE_MS = 60 * 60 * 1000

function deferred(reply: SmtpReply, stage: AnsweredStage): Verdict {
  const { enhancedStatus } = reply
  const text = withoutAddresses(reply)
  const saysSo = enhancedStatus === '5.4.5' || SENDING_LIMIT.test(text)
  const isDaily = enhancedStatus === '5.4.5' || (saysSo && /\bdaily\b/iu.test(text))
  const hasPhrase = findPhrase(text, null) === 'throttled'
  const isThrottled = saysSo || hasPhrase || enhancedStatus?.startsWith('4.7.') === true
  const code = isThrottled ? 'upstream.rate_limited' : 'upstream.unavailable'
  // 4.7.x alone is said of a moment, of a message, and of a recipient who is asked to come again.
  const limitsAccount = saysSo || (hasPhrase && stage === 'mail')
  return { verdict: 'deferred', code, retryAfterMs: findBackoffMs(text) ?? (isDaily ? DAILY_PAUSE_MS : null), limitsAccount }
}

function refused(reply: SmtpReply, stage: AnsweredStage): Verdict {
  const tooLarge = stage !== 'rcpt' && isTooLarge(reply)
  if (OF_THE_LOGIN.has(reply.replyCode)) return { verdict: 'refused', code: 'smtp.authentication_failed', tooLarge: false }
  return { verdict: 'refused', code: stage === 'rcpt' ? 'smtp.recipient_refused' : 'smtp.message_refused', tooLarge }
}

/** RFC 1870 section 6.1; where there is an enhanced code it is more precise: a 552 is said of viruses and full mailboxes, too. */
function isTooLarge({ replyCode, enhancedStatus }: SmtpReply): boolean {
  if (enhancedStatus !== undefined) return enhancedStatus === '5.3.4' || enhancedStatus === '5.2.3'
  return replyCode === 552 || replyCode === 523
}
