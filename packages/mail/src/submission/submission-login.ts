import type { SMTPConnectionCustomAuthContext } from 'nodemailer/lib/smtp-connection'
import { NoPasswordLogin, ServerRefusal } from '../refusal.ts'
import { parseSmtpReply, type SmtpReply } from './smtp-reply.ts'

type Context = SMTPConnectionCustomAuthContext

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
    if (reply.replyCode >= 200 && reply.replyCode < 300) return
    const unknown = [500, 502, 504].includes(reply.replyCode)
    if (index === offered.length - 1 || !unknown) throw new ServerRefusal(reply)
  }
  throw new NoPasswordLogin('the server offers no login with a password')
}

async function runPlain(context: Context): Promise<SmtpReply> {
  const { user, pass } = context.auth.credentials
  const message = toBase64(`\0${user}\0${pass}`)
  // Lines have 512 octets (RFC 5321 section 4.5.3.1.4); a longer message waits until it is asked for.
  const first = await say(context, message.length <= 480 ? `AUTH PLAIN ${message}` : 'AUTH PLAIN')
  // Some servers ask although the message came with the command.
  return first.replyCode === 334 ? endExchange(context, await say(context, message)) : first
}

async function runLogin(context: Context): Promise<SmtpReply> {
  const { user, pass } = context.auth.credentials
  const askedForUser = await say(context, 'AUTH LOGIN')
  if (askedForUser.replyCode !== 334) return askedForUser
  const askedForPassword = await say(context, toBase64(user))
  if (askedForPassword.replyCode !== 334) return askedForPassword
  return endExchange(context, await say(context, toBase64(pass)))
}

async function endExchange(context: Context, reply: SmtpReply): Promise<SmtpReply> {
  return reply.replyCode === 334 ? say(context, '*') : reply
}

/** The library's own reading of a reply misses a code without text. */
async function say(context: Context, line: string): Promise<SmtpReply> {
  return parseSmtpReply((await context.sendCommand(line)).response)
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64')
}
