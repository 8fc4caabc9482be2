import { findMailProvider, PROVIDER_ADVICE, type ProviderAdvice } from './discovery/mail-provider.ts'
import type { FaultReason } from './fault-reason.ts'

/** One sentence per reason: what a person can do now. Where the provider is known and has advice of its own, that is said instead. */
const HINTS: Record<FaultReason, string> = {
  wrong_password: 'Check the user name (often the whole e-mail address) and the password.',
  expired_password: 'The password has expired. Set a new one at the provider, then enter it here.',
  app_password: 'Make an app password in the security settings of the provider and use it here instead of the normal password.',
  imap_off: 'Switch IMAP on in the settings of the mailbox, then try again.',
  smtp_off: 'Switch authenticated SMTP on for this mailbox, or ask its administrator to do it.',
  contact_admin: 'The provider does not let this mailbox sign in. Ask its administrator or support.',
  web_sign_in: 'Sign in once with a web browser at the provider and confirm that it is you, then try again.',
  no_password_login:
    'This server does not accept a user name and password here. Check the port, or ask the provider whether passwords are allowed.',
  not_permitted: 'The password is right, but this user may not use this mailbox. Ask the administrator.',
  needs_tls: 'The server wants an encrypted connection it does not offer on this port. Try another port.',
  throttled: 'The mail server wants fewer connections for now. Close other mail programs or wait some minutes, then try again.',
  not_welcome: 'The mail server does not accept connections from here. Ask its administrator.',
  unavailable: 'The mail server cannot do this at the moment. Try again in some minutes.',
  mailbox_broken: 'The mail server cannot read this mailbox. If it stays so, tell its administrator.',
  nonsense: 'Check the server name and the port: what answers there does not speak the expected protocol.',
  host_unknown: 'Check the server name for typing mistakes.',
  host_refused: 'Check the server name for typing mistakes.',
  unreachable: 'Check the server name and the port.',
  timeout: 'Check the server name and the port; a firewall may also be in the way.',
  lost: 'The server closed the connection. Try again in some minutes; if it stays so, check the port.',
  not_tls: 'The server does not begin with TLS on this port. Choose STARTTLS, or another port.',
  tls_not_offered: 'The server refuses STARTTLS on this port. Try the port for TLS: 993 for IMAP, 465 for SMTP.',
  no_common_tls: 'The server offers only outdated encryption. TLS 1.2 or newer is needed: ask its administrator.',
  certificate_expired: 'The certificate of the server has expired. Ask its administrator to renew it.',
  certificate_not_yet_valid: 'The certificate of the server is not valid yet. Ask its administrator to check it.',
  certificate_of_other_name: 'The certificate is for another name. Use the server name that your provider gives for mail programs.',
  certificate_of_unknown_issuer:
    'The certificate comes from an issuer that is not trusted here. Ask the administrator for one from a public issuer.',
  certificate_weak: 'The certificate uses a key that is too weak. Ask the administrator to replace it.',
}

/** Which advice of a provider answers which reason, the better first. */
const ADVICE: Partial<Record<FaultReason, readonly Exclude<keyof ProviderAdvice, 'name'>[]>> = {
  wrong_password: ['appPassword', 'signIn'],
  app_password: ['appPassword'],
  imap_off: ['enableImap'],
  smtp_off: ['enableSmtp'],
  no_password_login: ['signIn'],
  contact_admin: ['signIn'],
}

/** What to do about a failure at a server. Pure. */
export function findHint(reason: FaultReason, host: string): string {
  const provider = findMailProvider(host)
  const advice = provider === null ? undefined : PROVIDER_ADVICE[provider]
  const known = ADVICE[reason]?.map((kind) => advice?.[kind]).find((sentence) => sentence !== undefined)
  return known ?? HINTS[reason]
}
