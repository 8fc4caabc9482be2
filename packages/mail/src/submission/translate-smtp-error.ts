import { MailFault } from '../mail-fault.ts'
import { translateLinkError, type FaultContext } from '../translate-link-error.ts'

/** Puts whatever went wrong on a submission connection into our words: refusals, broken links, nonsense, our own deadline. */
export function translateSmtpError(error: unknown, context: FaultContext): MailFault {
  return error instanceof MailFault ? error : translateLinkError(error, 'smtp', context)
}
