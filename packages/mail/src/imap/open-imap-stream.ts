import type { TLSSocket } from 'node:tls'
import type { MailServer } from '@maildock/core'
import { destroyOnAbort, dial, type DialOptions } from '../egress/dial.ts'
import { secureSocket } from '../egress/secure-socket.ts'
import { ServerRefusal, TlsNotOffered } from '../refusal.ts'
import { LineStream, ProtocolViolation } from '../wire/line-stream.ts'
import { ImapDialogue } from './imap-dialogue.ts'
import { logIn, type ImapCredentials } from './imap-login.ts'

/** A TLS connection on which the server has accepted the credentials, by a tagged OK to our own login command. */
export interface ImapStream {
  readonly socket: TLSSocket
  readonly lines: LineStream
  readonly dialogue: ImapDialogue
}

/** Dials, secures and signs in. The socket is destroyed when the signal fires, also later, and when anything fails. */
export async function openImapStream(
  server: Omit<MailServer, 'protocol'>,
  credentials: ImapCredentials,
  options: DialOptions,
): Promise<ImapStream> {
  const { journey, signal, egress } = options
  const { socket, hostname } = await dial(server.host, server.port, options)
  destroyOnAbort(socket, signal)
  try {
    if (server.tls === 'starttls') {
      const clear = new LineStream(socket)
      await startTls(clear, options)
      clear.release('')
    }
    journey.stage = 'tls'
    const secured = await secureSocket(socket, hostname, egress)
    const lines = new LineStream(secured)
    const dialogue = new ImapDialogue(lines)
    if (server.tls === 'implicit') {
      journey.stage = 'greeting'
      await dialogue.readGreeting()
    }
    // Not yet a login: a refusal of this question says nothing about the password.
    await dialogue.fetchCapabilities()
    journey.stage = 'auth'
    await logIn(dialogue, credentials)
    return { socket: secured, lines, dialogue }
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/**
 * STARTTLS (RFC 9051 section 6.2.1) is asked for whatever the server lists: the list came in clear, and anybody may have shortened it. The
 * dialogue in clear ends here, with all it said.
 */
async function startTls(clear: LineStream, { journey }: DialOptions): Promise<void> {
  const dialogue = new ImapDialogue(clear)
  journey.stage = 'greeting'
  await dialogue.readGreeting()
  journey.stage = 'tls'
  try {
    await dialogue.run('STARTTLS')
  } catch (error) {
    if (error instanceof ServerRefusal && error.facts.responseStatus !== 'BYE') {
      throw new TlsNotOffered('STARTTLS was refused', { cause: error })
    }
    throw error
  }
  if (clear.unreadOctets > 0) throw new ProtocolViolation('text injected between STARTTLS and TLS')
}
