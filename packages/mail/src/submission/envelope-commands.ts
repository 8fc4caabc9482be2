import type { Refused, RefusalCode } from './delivery-outcome.ts'
import { parseMailPath } from './mail-path.ts'
import type { ComposedMessage } from './message-draft.ts'
import type { SubmissionCapabilities } from './submission-capabilities.ts'

/**
 * MAIL and RCPT for a message (RFC 5321 section 4.1.1), with the parameters the server offers and the message needs: SIZE (RFC 1870), BODY=8BITMIME (RFC
 * 6152), SMTPUTF8 (RFC 6531), ENVID (RFC 3461).
 *
 * @throws TypeError for a path that could be read as anything else, and for a message without recipients: composeMessage makes none.
 */
export function toEnvelopeCommands(capabilities: SubmissionCapabilities, message: ComposedMessage): readonly string[] {
  const { reversePath, forwardPaths, source, envelopeId } = message
  if (forwardPaths.length === 0) throw new TypeError('a message without recipients')
  if (![reversePath, ...forwardPaths].every((path) => parseMailPath(path)?.address === path)) throw new TypeError('not a path')
  if (envelopeId !== undefined && !/^[0-9A-Za-z]{1,64}$/u.test(envelopeId)) throw new TypeError('not an envelope id')
  const parameters = [
    capabilities.size ? ` SIZE=${source.length}` : '',
    capabilities.eightBitMime && message.needs8bit ? ' BODY=8BITMIME' : '',
    capabilities.smtputf8 && message.needsSmtputf8 ? ' SMTPUTF8' : '',
    capabilities.dsn && envelopeId !== undefined ? ` ENVID=${envelopeId}` : '',
  ]
  return [`MAIL FROM:<${reversePath}>${parameters.join('')}`, ...forwardPaths.map((path) => `RCPT TO:<${path}>`)]
}

/** Why it is pointless to try: the server has announced that it takes no such message. Null: it may. */
export function findLimit(capabilities: SubmissionCapabilities, message: ComposedMessage): Refused | null {
  const { maxSizeOctets, smtputf8 } = capabilities
  if (message.needsSmtputf8 && !smtputf8) return refuse(message, 'smtp.smtputf8_unsupported', false)
  const tooLarge = maxSizeOctets !== null && message.source.length > maxSizeOctets
  return tooLarge ? refuse(message, 'smtp.message_refused', true) : null
}

function refuse({ forwardPaths }: ComposedMessage, code: RefusalCode, tooLarge: boolean): Refused {
  const recipients = forwardPaths.map((address) => ({ address, outcome: 'refused', reply: null }) as const)
  return { outcome: 'refused', stage: 'limits', code, tooLarge, reply: null, recipients }
}
