import type { RefusalFacts } from '../refusal.ts'
import { MailFault } from '../mail-fault.ts'
import { translateLinkError, translateRefusal, type FaultContext } from '../translate-link-error.ts'
import { ConnectionLost, ProtocolViolation } from '../wire/line-stream.ts'

/** Codes with which imapflow says that an answer breaks the protocol or one of the limits we set. */
const VIOLATIONS =
  /^(?:LineTooLarge|LiteralTooLarge|ResponseTooLarge|TooManyTokens|TooManyResponses|InvalidResponse|ResponseProcessingFailed|UnexpectedTag|MissingTag|MAX_IMAP_NESTING_REACHED|ParserError.*)$/u
/** Codes with which imapflow says that the connection is gone or silent. */
const LOST = /^(?:NoConnection|EConnectionClosed|StateLogout|ClosedAfterConnectText|ClosedAfterConnectTLS)$/u
const SILENT = /^(?:CONNECT_TIMEOUT|GREETING_TIMEOUT|UPGRADE_TIMEOUT|ETIMEOUT|ETIMEDOUT)$/u

/**
 * Puts whatever went wrong on an IMAP connection into our words. The one reader of imapflow's errors; it goes by response status, code and
 * text, never by `authenticationFailed`, which the library also sets for "try again later".
 */
export function translateImapError(error: unknown, context: FaultContext): MailFault {
  if (error instanceof MailFault) return error
  const facts = context.timedOut ? null : readRefusal(error)
  if (facts !== null) return translateRefusal(facts, { protocol: 'imap', context, cause: error })
  const code = readText(error, 'code')
  if (VIOLATIONS.test(code)) return translateLinkError(new ProtocolViolation(code), 'imap', context)
  if (LOST.test(code)) return translateLinkError(new ConnectionLost(code), 'imap', context)
  if (SILENT.test(code)) return translateLinkError(error, 'imap', { ...context, timedOut: true })
  return translateLinkError(error, 'imap', context)
}

/** Status, code and text of a refused command, or of a BYE, from an error of imapflow. */
function readRefusal(error: unknown): RefusalFacts | null {
  if (!(error instanceof Error)) return null
  const status = readText(error, 'responseStatus')
  // Exchange accepts a login and tells only afterwards that it was not good: the library then has the text and no status.
  if (status === '' && readProperty(error, 'authenticationFailed') === true && readText(error, 'response') !== '') {
    return { responseStatus: 'NO', text: readText(error, 'response') }
  }
  // The text of a BYE is put on the error of a lost connection.
  const goodbye = LOST.test(readText(error, 'code')) ? readText(error, 'reason') : ''
  if (status === 'NO' || status === 'BAD') {
    const text = readText(error, 'responseText') || readText(error, 'response')
    return { responseStatus: status, responseCode: readResponseCode(error), text }
  }
  return status === 'BYE' || goodbye !== '' ? { responseStatus: 'BYE', text: goodbye } : null
}

/** `serverResponseCode` where the library sets it, else the section of the parsed tagged response. */
function readResponseCode(error: object): string | undefined {
  const told = readText(error, 'serverResponseCode')
  if (told !== '') return told.toUpperCase()
  const attributes = readProperty(readProperty(error, 'response'), 'attributes')
  const section = Array.isArray(attributes) ? readProperty(attributes[0], 'section') : undefined
  const name = Array.isArray(section) ? readText(section[0], 'value') : ''
  return name === '' ? undefined : name.toUpperCase()
}

function readText(value: unknown, name: string): string {
  const found = readProperty(value, name)
  return typeof found === 'string' ? found : ''
}

function readProperty(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? (value as Record<string, unknown>)[name] : undefined
}
