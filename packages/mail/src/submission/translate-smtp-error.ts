import { MailFault } from '../mail-fault.ts'
import { ServerRefusal } from '../refusal.ts'
import { translateLinkError, translateRefusal, type FaultContext } from '../translate-link-error.ts'
import { ConnectionLost, ProtocolViolation } from '../wire/line-stream.ts'
import { parseSmtpReply } from './smtp-reply.ts'

/**
 * Puts whatever went wrong on a submission connection into our words. The one reader of nodemailer's errors. They carry the same code for a
 * link that breaks anywhere, so the stage comes from us and only a reply, where there is one, comes from the error.
 */
export function translateSmtpError(error: unknown, context: FaultContext): MailFault {
  if (error instanceof MailFault) return error
  if (context.timedOut || error instanceof ServerRefusal) return translateLinkError(error, 'smtp', context)
  const response = readText(error, 'response')
  if (response !== '') {
    const reply = parseSmtpReply(response)
    if (reply.replyCode >= 400) return translateRefusal(reply, { protocol: 'smtp', context, cause: error })
    return translateLinkError(new ProtocolViolation('not an SMTP reply', response), 'smtp', context)
  }
  switch (readText(error, 'code')) {
    case 'EPROTOCOL':
    case 'ERESPONSE':
      return translateLinkError(new ProtocolViolation('not an SMTP reply'), 'smtp', context)
    case 'ECONNECTION':
    case 'ESOCKET':
      return translateLinkError(new ConnectionLost('the server closed the connection'), 'smtp', context)
    default:
      return translateLinkError(error, 'smtp', context)
  }
}

function readText(value: unknown, name: string): string {
  if (typeof value !== 'object' || value === null || !(name in value)) return ''
  const found = (value as Record<string, unknown>)[name]
  return typeof found === 'string' ? found : ''
}
