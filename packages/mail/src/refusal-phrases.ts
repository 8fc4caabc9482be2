import type { MailProvider } from './discovery/mail-provider.ts'
import type { RefusalReason } from './fault-reason.ts'

interface Phrase {
  readonly pattern: RegExp
  readonly reason: RefusalReason
  /** Only said by these, and ambiguous from anybody else. */
  readonly of?: readonly MailProvider[]
}

/**
 * Wordings of real servers, the more precise first. Texts change without notice: what is not found here is judged by its codes, so a missing
 * row costs precision, not correctness. Every repetition is bounded: a hostile text must not cost time.
 */
const PHRASES: readonly Phrase[] = [
  // Texts that name several causes at once: the one a person can act on, and the hint of the provider says the rest.
  { pattern: /invalid credentials or IMAP is disabled|password is incorrect, login frequency limited/iu, reason: 'wrong_password' },
  { pattern: /blocked using|black ?list|block ?list|poor reputation/iu, reason: 'not_welcome' },

  // Somebody else has to act, or another password is wanted.
  { pattern: /app(?:lication)?[- ]?(?:specific )?password|InvalidSecondFactor|parol prilozheniya/iu, reason: 'app_password' },
  { pattern: /authori[sz]ation code|auth ?code|\u6388\u6743\u7801|password for (?:an )?external/iu, reason: 'app_password' },
  {
    pattern: /SmtpClientAuthentication is disabled|smtp (?:auth|client auth|access)\w{0,12} (?:is |has been )?disabled/iu,
    reason: 'smtp_off',
  },
  {
    pattern:
      /IMAP (?:access |protocol |service )?(?:is |has been )?(?:disabled|not enabled|switched off|turned off|not activated|not open|closed)/iu,
    reason: 'imap_off',
  },
  {
    pattern: /not enabled for IMAP|enable IMAP|IMAP\/SMTP service|IMAP.{0,40}(?:nicht aktiviert|deaktiviert|freischalten|freigeschaltet)/iu,
    reason: 'imap_off',
  },
  { pattern: /(?:POP3?.{0,8}IMAP|IMAP.{0,8}POP3?).{0,40}(?:activ|enabl|disabl|aktiv)/iu, reason: 'imap_off' },
  {
    pattern: /does(?:n't| not) have access rights to/iu,
    reason: 'imap_off',
    of: ['yandex'],
  },
  {
    pattern:
      /web ?browser|web login required|log ?in via (?:your )?web|unusual sign-?in|verify (?:your|that it) ?(?:account|identity|is you|'s you)/iu,
    reason: 'web_sign_in',
  },
  { pattern: /basic ?auth(?:entication)? ?(?:is )?(?:blocked|disabled)|BasicAuthBlocked|AADSTS/iu, reason: 'contact_admin' },
  { pattern: /has no permission/iu, reason: 'smtp_off', of: ['netease'] },
  { pattern: /unsafe login/iu, reason: 'contact_admin', of: ['netease'] },
  { pattern: /did not meet the criteria/iu, reason: 'contact_admin', of: ['microsoft'] },

  // Not now.
  {
    pattern: /too many (?:\w+ ){0,3}(?:connections|sessions|logins?|attempts|failures|commands|auth\w{0,12}|requests|errors)/iu,
    reason: 'throttled',
  },
  {
    pattern:
      /maximum number of connections|connection (?:rate )?limit|connections .{0,20}exceeded|exceeded .{0,40}(?:connections|limits?|bandwidth)/iu,
    reason: 'throttled',
  },
  {
    pattern:
      /is throttled|backoff time|rate.?limit|bandwidth limit|concurrent connections|frequency limit|too frequent|(?:ip|address) .{0,20}(?:blocked|banned|blacklisted)/iu,
    reason: 'throttled',
  },
  {
    pattern: /temporary (?:\w+ ){0,2}(?:failure|problem|error)|temporarily|service (?:not|un)available|currently unavailable/iu,
    reason: 'unavailable',
  },
  {
    pattern: /internal (?:\w+ )?error|backend error|server (?:is )?(?:too )?busy|(?:going|shutting) down|maintenance/iu,
    reason: 'unavailable',
  },

  // The account itself.
  {
    pattern:
      /(?:account|mailbox|user) (?:is |has been |was )?(?:temporarily )?(?:disabled|suspended|blocked|locked|deactivated|inactive|closed)/iu,
    reason: 'contact_admin',
  },
  { pattern: /contact (?:the |your )?(?:\w+ )?(?:admin|provider|support|postmaster)/iu, reason: 'contact_admin' },
  { pattern: /password (?:has |is )?expired|expired password|change your password/iu, reason: 'expired_password' },
  {
    pattern: /issue a STARTTLS|STARTTLS (?:is )?(?:required|first)|(?:encryption|TLS|SSL) (?:is )?required|plaintext .{0,40}disallowed/iu,
    reason: 'needs_tls',
  },

  // One mailbox (Dovecot, Courier, Cyrus and Exchange say it without a code).
  {
    pattern: /(?:mailbox|folder) (?:doesn'?t|does not) exist|(?:unknown|no such|non-?existent) (?:mailbox|folder)/iu,
    reason: 'mailbox_broken',
  },

  // The plain case, said clearly.
  { pattern: /authenticated but not connected/iu, reason: 'wrong_password' },
  {
    pattern:
      /invalid (?:credentials|login|user|password)|not accepted|bad (?:username|user name|credentials)|incorrect (?:user|password|auth)|wrong (?:user|password)/iu,
    reason: 'wrong_password',
  },
  {
    pattern: /(?:login|logon|authentication|auth) (?:failed|failure|fail|unsuccessful|error|denied|rejected|credentials invalid)/iu,
    reason: 'wrong_password',
  },
]

/** Says "not now" in words that also stand in other texts: counts only where no code or number says more. */
export function saysLater(text: string): boolean {
  return /try (?:again|it) later|please retry/iu.test(text)
}

/** The reason behind a text, if it is a known wording. */
export function findPhrase(text: string, provider: MailProvider | null): RefusalReason | undefined {
  return PHRASES.find(({ pattern, of }) => (of === undefined || (provider !== null && of.includes(provider))) && pattern.test(text))?.reason
}
