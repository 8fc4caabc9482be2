import { NoPasswordLogin, ServerRefusal } from '../refusal.ts'
import type { SmtpReply } from './smtp-reply.ts'
import type { SubmissionDialogue } from './submission-dialogue.ts'

export interface PasswordLogin {
  readonly username: string
  readonly password: string
  /** Of the capabilities. */
  readonly mechanisms: ReadonlySet<string>
}

/**
 * Signs in with SASL PLAIN, else LOGIN (RFC 4954), in a fixed number of steps: a server that asks once too often is told `*` and has refused. The
 * second way is tried only where the server does not know the first after all, never after a refused password.
 *
 * @throws NoPasswordLogin, ServerRefusal.
 */
export async function logInByPassword(dialogue: SubmissionDialogue, login: PasswordLogin): Promise<void> {
  const offered = (['PLAIN', 'LOGIN'] as const).filter((mechanism) => login.mechanisms.has(mechanism))
  for (const [index, mechanism] of offered.entries()) {
    const reply = mechanism === 'PLAIN' ? await runPlain(dialogue, login) : await runLogin(dialogue, login)
    if (reply.replyCode >= 200 && reply.replyCode < 300) return
    const unknown = [500, 502, 504].includes(reply.replyCode)
    if (index === offered.length - 1 || !unknown) throw new ServerRefusal(reply)
  }
  throw new NoPasswordLogin('the server offers no login with a password')
}

async function runPlain(dialogue: SubmissionDialogue, { username, password }: PasswordLogin): Promise<SmtpReply> {
  const message = toBase64(`\0${username}\0${password}`)
  // Lines have 512 octets (RFC 5321 section 4.5.3.1.4); a longer message waits until it is asked for.
  const first = await dialogue.say(message.length <= 480 ? `AUTH PLAIN ${message}` : 'AUTH PLAIN')
  // Some servers ask although the message came with the command.
  return first.replyCode === 334 ? endExchange(dialogue, await dialogue.say(message)) : first
}

async function runLogin(dialogue: SubmissionDialogue, { username, password }: PasswordLogin): Promise<SmtpReply> {
  const askedForUser = await dialogue.say('AUTH LOGIN')
  if (askedForUser.replyCode !== 334) return askedForUser
  const askedForPassword = await dialogue.say(toBase64(username))
  if (askedForPassword.replyCode !== 334) return askedForPassword
  return endExchange(dialogue, await dialogue.say(toBase64(password)))
}

async function endExchange(dialogue: SubmissionDialogue, reply: SmtpReply): Promise<SmtpReply> {
  return reply.replyCode === 334 ? dialogue.say('*') : reply
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64')
}
