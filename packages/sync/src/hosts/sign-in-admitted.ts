import type { VerificationStage } from '@maildock/core'
import { MailFault } from '@maildock/mail'
import type { Admission } from './admission.ts'

/** Before anything was said about the account. */
const EARLY: ReadonlySet<VerificationStage> = new Set(['dns', 'connect', 'greeting', 'tls'])

/**
 * Opens a connection under an admission and tells the gate how it went. What is a matter of the account alone (a wrong password, IMAP switched
 * off) says of the host that it is up, unless it was said before it came to signing in. @throws what `open` throws
 */
export async function signInAdmitted<T>(admission: Admission, open: () => Promise<T>): Promise<T> {
  admission.begun()
  try {
    const opened = await open()
    admission.opened()
    return opened
  } catch (error) {
    if (error instanceof MailFault) {
      tell(admission, error)
    }
    throw error
  }
}

function tell(admission: Admission, fault: MailFault): void {
  switch (fault.class) {
    case 'throttle':
      admission.refused(fault.retryAfterMs)
      break
    case 'transient':
      admission.failed(fault.code, EARLY.has(fault.stage))
      break
    case 'protocol':
    case 'tls':
      // A certificate that expired, or a web server behind the port: the same for everybody. Mended by a person, so each account has its own pace.
      break
    case 'credential':
    case 'permission':
    case 'account':
    case 'mailbox':
      if (!EARLY.has(fault.stage)) admission.answered()
      break
    default:
      fault.class satisfies never
  }
}
