import type { SMTPConnectionCustomAuthContext, SMTPConnectionCustomAuthResponse } from 'nodemailer/lib/smtp-connection'
import { NoPasswordLogin, ServerRefusal } from '../refusal.ts'
import { parseSmtpReply } from './smtp-reply.ts'

type Context = SMTPConnectionCustomAuthContext
type Reply = SMTPConnectionCustomAuthResponse

/**
 * Signs in with SASL PLAIN, else LOGIN (RFC 4954), in a fixed number of steps. The library's own exchanges go on for as long as a server
 * asks; here one that asks once too often is told `*` and has refused. The second way is tried only where the server does not know the first
 * after all, never after a refused password.
 *
 * @throws NoPasswordLogin, ServerRefusal.
 */
export async function logInByPassword(context: Context): Promise<void> {
  const offered = (['PLAIN', 'LOGIN'] as const).filter((mechanism) => context.authMethods.includes(mechanism))
  for (const [index, mechanism] of offered.entries()) {
    const reply = mechanism === 'PLAIN' ? await runPlain(context) : await runLogin(context)
    if (reply.status >= 200 && reply.status < 300) return
    const unknown = [500, 501, 502, 504].includes(reply.status)
    if (index === offered.length - 1 || !unknown) throw new ServerRefusal(parseSmtpReply(reply.response))
  }
  throw new NoPasswordLogin('the server offers no login with a password')
}

async function runPlain(context: Context): Promise<Reply> {
  const { user, pass } = context.auth.credentials
  const message = toBase64(`\0${user}\0${pass}`)
  // Lines have 512 octets (RFC 5321 section 4.5.3.1.4); a longer message waits until it is asked for.
  const first = await context.sendCommand(message.length <= 480 ? `AUTH PLAIN ${message}` : 'AUTH PLAIN')
  // Some servers ask although the message came with the command.
  return first.status === 334 ? endExchange(context, await context.sendCommand(message)) : first
}

async function runLogin(context: Context): Promise<Reply> {
  const { user, pass } = context.auth.credentials
  const askedForUser = await context.sendCommand('AUTH LOGIN')
  if (askedForUser.status !== 334) return askedForUser
  const askedForPassword = await context.sendCommand(toBase64(user))
  if (askedForPassword.status !== 334) return askedForPassword
  return endExchange(context, await context.sendCommand(toBase64(pass)))
}

async function endExchange(context: Context, reply: Reply): Promise<Reply> {
  return reply.status === 334 ? context.sendCommand('*') : reply
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64')
}
