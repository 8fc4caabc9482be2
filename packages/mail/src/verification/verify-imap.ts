import { Deadline } from '../deadline.ts'
import type { Journey } from '../egress/dial.ts'
import { openImapStream } from '../imap/open-imap-stream.ts'
import { translateImapError } from '../imap/translate-imap-error.ts'
import { listSecretForms } from '../scrub-secrets.ts'
import type { AttemptInput, AttemptOptions } from './attempt.ts'

/**
 * Proves that an IMAP server accepts these credentials: a tagged OK to our login, and one to `LIST "" ""` (RFC 9051 section 6.3.9), because
 * Exchange accepts logins to mailboxes that are not there. Reads one line, opens no mailbox.
 *
 * @throws MailFault, or the reason of the signal.
 */
export async function verifyImap(
  { server, username, password }: AttemptInput,
  { egress, signal, deadlineMs }: AttemptOptions,
): Promise<void> {
  using deadline = new Deadline(deadlineMs, signal)
  const journey: Journey = { stage: 'dns' }
  try {
    const { socket, dialogue } = await openImapStream(server, { username, password }, { egress, signal: deadline.signal, journey })
    try {
      journey.stage = 'ready'
      await dialogue.run('LIST "" ""')
      socket.write('M9 LOGOUT\r\n')
    } finally {
      socket.destroy()
    }
  } catch (error) {
    if (deadline.abandoned) throw signal.reason
    throw translateImapError(error, {
      host: server.host,
      stage: journey.stage,
      timedOut: deadline.expired,
      secretForms: listSecretForms(username, password),
    })
  }
}
