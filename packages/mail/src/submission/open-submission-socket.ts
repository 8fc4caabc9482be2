import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { MailServer } from '@maildock/core'
import { destroyOnAbort, dial, type DialOptions } from '../egress/dial.ts'
import { secureSocket } from '../egress/secure-socket.ts'
import { ServerRefusal, TlsNotOffered } from '../refusal.ts'
import { LineStream, ProtocolViolation } from '../wire/line-stream.ts'
import { readSmtpReply, requirePositive } from './smtp-reply.ts'

/** A secured connection on which the server has greeted and nothing else was said. */
export interface SubmissionSocket {
  readonly socket: TLSSocket
  readonly lines: LineStream
}

/**
 * Dials a submission server and secures the connection. Whichever way TLS began, the session starts from nothing: what was said in clear is
 * forgotten.
 */
export async function openSubmissionSocket(server: Omit<MailServer, 'protocol'>, options: DialOptions): Promise<SubmissionSocket> {
  const { journey, signal, egress } = options
  const { socket, hostname } = await dial(server.host, server.port, options)
  destroyOnAbort(socket, signal)
  try {
    if (server.tls === 'starttls') await startTls(socket, options)
    journey.stage = 'tls'
    const secured = await secureSocket(socket, hostname, egress)
    const lines = new LineStream(secured)
    if (server.tls === 'implicit') {
      journey.stage = 'greeting'
      await readGreeting(lines)
    }
    return { socket: secured, lines }
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** How we introduce ourselves: the address literal of our end (RFC 5321 section 4.1.3), which names no internal host. */
export function introduceAs(socket: Socket): string {
  const address = socket.localAddress ?? '127.0.0.1'
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`
}

async function readGreeting(lines: LineStream): Promise<void> {
  const greeting = await readSmtpReply(lines)
  if (greeting.replyCode >= 400) throw new ServerRefusal(greeting)
  if (greeting.replyCode !== 220) throw new ProtocolViolation('not an SMTP greeting', `${greeting.replyCode} ${greeting.text}`)
}

/** STARTTLS (RFC 3207) is asked for whatever EHLO lists: the list came in clear. What was said until here is forgotten. */
async function startTls(socket: Socket, { journey }: DialOptions): Promise<void> {
  const clear = new LineStream(socket)
  journey.stage = 'greeting'
  await readGreeting(clear)
  clear.write(`EHLO ${introduceAs(socket)}\r\n`)
  const ehlo = await readSmtpReply(clear)
  journey.stage = 'tls'
  if (ehlo.replyCode >= 400 && ehlo.replyCode < 500) throw new ServerRefusal(ehlo)
  try {
    requirePositive(ehlo)
    clear.write('STARTTLS\r\n')
    const reply = await readSmtpReply(clear)
    // 454: TLS is there, but not now (RFC 3207 section 4).
    if (reply.replyCode === 421 || reply.replyCode === 454) throw new ServerRefusal(reply)
    requirePositive(reply)
  } catch (error) {
    const permanent = error instanceof ServerRefusal && (error.facts.replyCode ?? 0) >= 500
    throw permanent ? new TlsNotOffered('STARTTLS was refused', { cause: error }) : error
  }
  if (clear.unreadOctets > 0) throw new ProtocolViolation('text injected between STARTTLS and TLS')
  clear.release('')
}
