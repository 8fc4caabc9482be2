import type { ErrorKind } from './error-kind.ts'

interface CatalogueEntry {
  readonly kind: ErrorKind
  /** One sentence a person can act on. It never carries data of the request. */
  readonly message: string
}

/** Keeps the codes as types, and not their texts: those would be a seventh of the declarations of the published client. */
function catalogue<Code extends string>(entries: Readonly<Record<Code, CatalogueEntry>>): Readonly<Record<Code, CatalogueEntry>> {
  return entries
}

const CANNOT_USE_HOST =
  'This server name cannot be used. Check it for typing mistakes; servers on private networks and unusual ports are not reachable from here.'

/** Every error Maildock tells anyone, declared once. Order: request, session, keys, accounts, other people's servers, ours. */
export const ERROR_CATALOGUE = catalogue({
  'validation.failed': { kind: 'bad_request', message: 'Some fields are missing or not valid.' },
  'request.malformed': { kind: 'bad_request', message: 'The request could not be read. Send one JSON object.' },
  'request.unsupported_media_type': { kind: 'unsupported_media_type', message: 'Send the body as application/json.' },
  'request.too_large': { kind: 'payload_too_large', message: 'The request body is too large.' },
  'request.timeout': { kind: 'timeout', message: 'The request took too long to arrive.' },
  'request.origin_not_allowed': { kind: 'forbidden', message: 'This site may not make changes with your session.' },
  'route.not_found': { kind: 'not_found', message: 'There is nothing at this address.' },
  'route.method_not_allowed': { kind: 'method_not_allowed', message: 'This address does not answer to this method.' },
  'rate.limited': { kind: 'too_many_requests', message: 'Too many requests. Wait a moment, then try again.' },

  'session.missing': { kind: 'unauthenticated', message: 'Sign in first.' },
  'session.invalid': { kind: 'unauthenticated', message: 'This session is not valid. Sign in again.' },
  'session.expired': { kind: 'unauthenticated', message: 'This session has ended. Sign in again.' },
  'session.not_found': { kind: 'not_found', message: 'There is no such session.' },
  'service_key.invalid': { kind: 'unauthenticated', message: 'This service key is missing or not valid.' },
  'sign_in.failed': { kind: 'unauthenticated', message: 'This e-mail address and password do not belong together.' },
  'sign_in.unavailable': {
    kind: 'not_found',
    message: 'Sign-in with e-mail and password is switched off here: sessions come from your identity provider.',
  },
  'sign_up.failed': { kind: 'unprocessable', message: 'No user could be made with this e-mail address and password.' },
  'sign_up.closed': { kind: 'forbidden', message: 'New users cannot sign up here.' },
  'password.wrong': { kind: 'forbidden', message: 'The current password is not right.' },

  'key.missing': { kind: 'unauthenticated', message: 'Send an API key in the header Authorization, as Bearer msk_….' },
  'key.invalid': { kind: 'unauthenticated', message: 'This API key is not valid. Check that it was copied whole, or create a new one.' },
  'key.revoked': { kind: 'unauthenticated', message: 'This API key was revoked. Create a new one.' },
  'key.expired': { kind: 'unauthenticated', message: 'This API key has expired. Create a new one.' },
  'key.scope_missing': { kind: 'forbidden', message: 'This API key lacks the scope that is needed here. Create one that has it.' },
  'key.not_found': { kind: 'not_found', message: 'There is no such API key.' },
  'key.quota_reached': {
    kind: 'forbidden',
    message: 'Your plan does not allow another active API key. Revoke one or change the plan.',
  },

  'account.not_found': { kind: 'not_found', message: 'There is no such account.' },
  'account.already_connected': { kind: 'conflict', message: 'This email address is already connected.' },
  'account.quota_reached': {
    kind: 'forbidden',
    message: 'Your plan does not allow another account. Disconnect one or change the plan.',
  },
  'account.last_default_in_use': {
    kind: 'forbidden',
    message: 'This is your only account and an active campaign uses it. Finish or cancel the campaign first.',
  },
  'account.default_required': {
    kind: 'bad_request',
    message: 'There must be a default account. Make another account the default instead.',
  },
  'account.changed_meanwhile': {
    kind: 'conflict',
    message: 'The account was changed at the same time by somebody else. Load it again, then repeat the change.',
  },
  'mailbox.not_found': { kind: 'not_found', message: 'There is no such mailbox.' },
  'mailbox.inbox_required': {
    kind: 'bad_request',
    message: 'The inbox cannot be left out of the sync. To have less of it, choose since when mail is synchronised.',
  },
  'message.not_found': { kind: 'not_found', message: 'There is no such message.' },
  'message.not_stored': {
    kind: 'unprocessable',
    message: 'This message is not stored completely, at least not yet, or is too large: it cannot be forwarded.',
  },
  'campaign.account_mismatch': { kind: 'bad_request', message: 'The account of this campaign does not belong to its user.' },

  'draft.not_found': { kind: 'not_found', message: 'There is no such draft.' },
  'draft.changed_meanwhile': {
    kind: 'conflict',
    message: 'This draft was changed somewhere else in the meantime. Load it again to see what is there.',
  },
  'draft.sent': { kind: 'conflict', message: 'This draft was sent already.' },
  'draft.quota_reached': {
    kind: 'forbidden',
    message: 'There are too many drafts, or their files are too large together. Delete some.',
  },

  'send.sender_not_allowed': {
    kind: 'forbidden',
    message: 'You may not send from this address. Use the address of a connected account, and a key that is meant for it.',
  },
  'send.alias_unknown': { kind: 'unprocessable', message: 'There is no such alias.' },
  'send.recipient_suppressed': {
    kind: 'unprocessable',
    message:
      'One of these recipients is suppressed: mail to it came back, its reader complained, or you wanted it so. Take it off the list to send to it again.',
  },
  'suppression.not_found': { kind: 'not_found', message: 'This address is not on the list of suppressed addresses.' },
  'send.quota_reached': { kind: 'too_many_requests', message: 'Your plan does not allow more messages for now. Wait, or change the plan.' },
  'send.not_found': { kind: 'not_found', message: 'There is no such message.' },
  'send.not_retryable': {
    kind: 'conflict',
    message: 'This message is being sent, was sent, or is not kept any more. It cannot be sent again.',
  },
  'send.not_cancellable': { kind: 'conflict', message: 'This message is being sent, or its fate is settled. It cannot be taken back.' },
  'idempotency.key_reused': {
    kind: 'conflict',
    message: 'This idempotency key was used for another message. Use a new one for each message.',
  },
  'idempotency.in_progress': {
    kind: 'conflict',
    message: 'The first request with this idempotency key is still under way. Ask again in a moment.',
  },
  'verification.busy': {
    kind: 'too_many_requests',
    message: 'Too many mailboxes are being checked at once. Wait a moment, then try again.',
  },
  'host.not_found': { kind: 'bad_request', message: CANNOT_USE_HOST },
  'host.not_allowed': { kind: 'bad_request', message: CANNOT_USE_HOST },
  'host.unreachable': {
    kind: 'bad_request',
    message: 'The server does not accept connections on this port. Check the server name, the port and its firewall.',
  },
  'host.timeout': { kind: 'bad_request', message: 'The server did not answer in time. Check the server name and the port.' },
  'tls.unsupported': {
    kind: 'bad_request',
    message: 'The server offers no encrypted connection here. Passwords are never sent unencrypted: try another port.',
  },
  'tls.certificate_invalid': {
    kind: 'bad_request',
    message: 'The certificate of the server is not valid for this name. Check the server name, or have the certificate renewed.',
  },
  'protocol.unexpected_greeting': {
    kind: 'bad_request',
    message: 'What answers there is not the expected mail server. Check the port, and whether it is TLS or STARTTLS.',
  },
  'imap.authentication_failed': { kind: 'bad_request', message: 'The IMAP server refused this user name and password.' },
  'imap.app_password_required': {
    kind: 'bad_request',
    message: 'This provider wants an app password instead of your normal password. Make one in its security settings.',
  },
  'imap.disabled': {
    kind: 'bad_request',
    message: 'IMAP is switched off for this mailbox. Switch it on in the settings of the provider.',
  },
  'smtp.authentication_failed': { kind: 'bad_request', message: 'The SMTP server refused this user name and password.' },
  'smtp.recipient_refused': {
    kind: 'unprocessable',
    message: 'The mail server refused every recipient. Check the addresses; what the server said is in the details.',
  },
  'smtp.message_refused': {
    kind: 'unprocessable',
    message: 'The mail server refused this message. Change it by what the server said in the details: sender, size or content.',
  },
  'smtp.recipient_bounced': {
    kind: 'unprocessable',
    message: 'The message came back: it could not be delivered to this recipient. Check the address; what was reported is in the details.',
  },
  'smtp.recipient_complained': {
    kind: 'unprocessable',
    message: 'The recipient reported this message as unwanted. Do not write to this address again.',
  },
  'smtp.smtputf8_unsupported': {
    kind: 'unprocessable',
    message: 'The mail server takes no addresses with letters outside ASCII before the @. Use an ASCII address of this person.',
  },
  'upstream.rate_limited': {
    kind: 'bad_request',
    message: 'The mail server wants fewer connections for now. Wait some minutes, then try again.',
  },
  'upstream.unavailable': {
    kind: 'bad_request',
    message: 'The mail server is not available at the moment. Try again in some minutes.',
  },

  'sync.server_error': { kind: 'unavailable', message: 'The mail server answered in a way that could not be understood.' },
  'sync.permission_denied': {
    kind: 'forbidden',
    message: 'The mail server does not permit access to this mailbox. Ask its administrator.',
  },
  'sync.uidvalidity_unstable': {
    kind: 'unavailable',
    message: 'The mail server numbers the messages of this mailbox anew again and again. Ask its administrator.',
  },
  'credentials.unreadable': {
    kind: 'internal',
    message: 'The stored password of this account cannot be opened. Enter it again.',
  },
  'service.unavailable': { kind: 'unavailable', message: 'Maildock is starting, stopping or overloaded. Try again in a moment.' },
  'internal.error': { kind: 'internal', message: 'Something went wrong on our side. Try again; if it stays, report the request id.' },
})

/** A machine-readable error code. Clients must expect codes they do not know yet. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE

export const ERROR_CODES = Object.keys(ERROR_CATALOGUE) as readonly ErrorCode[]

/** Tells whether a string from outside is a code of this catalogue. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CATALOGUE, value)
}
