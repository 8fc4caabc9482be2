import type { MailProtocol, VerificationStage } from '@maildock/core'
import type { MailFaultClass, MailFaultCode } from './mail-fault.ts'

/** Why a server refused, as far as its words and codes tell. */
export type RefusalReason =
  | 'wrong_password'
  | 'expired_password'
  | 'app_password'
  | 'imap_off'
  | 'smtp_off'
  | 'contact_admin'
  | 'web_sign_in'
  | 'not_permitted'
  | 'needs_tls'
  | 'throttled'
  | 'not_welcome'
  | 'unavailable'
  | 'mailbox_broken'
  | 'nonsense'

/** Why a connection did not come about, or broke. */
export type LinkReason =
  | 'host_unknown'
  | 'host_refused'
  | 'unreachable'
  | 'timeout'
  | 'lost'
  | 'not_tls'
  | 'tls_not_offered'
  | 'no_common_tls'
  | 'certificate_expired'
  | 'certificate_not_yet_valid'
  | 'certificate_of_other_name'
  | 'certificate_of_unknown_issuer'
  | 'certificate_weak'

/** `no_password_login`: the server offers no way to sign in with a password. */
export type FaultReason = RefusalReason | LinkReason | 'no_password_login'

interface Verdict {
  /** `login_failed`: the authentication code of the protocol. */
  readonly code: MailFaultCode | 'login_failed'
  readonly class: MailFaultClass
}

const VERDICTS: Record<FaultReason, Verdict> = {
  wrong_password: { code: 'login_failed', class: 'credential' },
  expired_password: { code: 'login_failed', class: 'credential' },
  app_password: { code: 'imap.app_password_required', class: 'credential' },
  imap_off: { code: 'imap.disabled', class: 'account' },
  smtp_off: { code: 'login_failed', class: 'account' },
  contact_admin: { code: 'login_failed', class: 'account' },
  web_sign_in: { code: 'login_failed', class: 'account' },
  no_password_login: { code: 'login_failed', class: 'account' },
  not_permitted: { code: 'login_failed', class: 'permission' },
  needs_tls: { code: 'tls.unsupported', class: 'tls' },
  throttled: { code: 'upstream.rate_limited', class: 'throttle' },
  not_welcome: { code: 'upstream.unavailable', class: 'permission' },
  unavailable: { code: 'upstream.unavailable', class: 'transient' },
  mailbox_broken: { code: 'sync.server_error', class: 'mailbox' },
  nonsense: { code: 'protocol.unexpected_greeting', class: 'protocol' },
  host_unknown: { code: 'host.not_found', class: 'transient' },
  host_refused: { code: 'host.not_allowed', class: 'account' },
  unreachable: { code: 'host.unreachable', class: 'transient' },
  timeout: { code: 'host.timeout', class: 'transient' },
  lost: { code: 'upstream.unavailable', class: 'transient' },
  not_tls: { code: 'protocol.unexpected_greeting', class: 'protocol' },
  tls_not_offered: { code: 'tls.unsupported', class: 'tls' },
  no_common_tls: { code: 'tls.unsupported', class: 'tls' },
  certificate_expired: { code: 'tls.certificate_invalid', class: 'tls' },
  certificate_not_yet_valid: { code: 'tls.certificate_invalid', class: 'tls' },
  certificate_of_other_name: { code: 'tls.certificate_invalid', class: 'tls' },
  certificate_of_unknown_issuer: { code: 'tls.certificate_invalid', class: 'tls' },
  certificate_weak: { code: 'tls.certificate_invalid', class: 'tls' },
}

/** The code and class of a reason. After login (stage `ready`) a few reasons have codes of their own. */
export function judge(
  reason: FaultReason,
  protocol: MailProtocol,
  stage: VerificationStage,
): { code: MailFaultCode; class: MailFaultClass } {
  const verdict = VERDICTS[reason]
  if (stage === 'ready' && reason === 'nonsense') return { code: 'sync.server_error', class: verdict.class }
  if (stage === 'ready' && reason === 'not_permitted') return { code: 'sync.permission_denied', class: verdict.class }
  const loginFailed = protocol === 'imap' ? 'imap.authentication_failed' : 'smtp.authentication_failed'
  return { code: verdict.code === 'login_failed' ? loginFailed : verdict.code, class: verdict.class }
}
