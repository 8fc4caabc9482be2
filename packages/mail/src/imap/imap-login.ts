import { NoPasswordLogin, ServerRefusal } from '../refusal.ts'
import type { ContinueCommand, ImapDialogue } from './imap-dialogue.ts'

export interface ImapCredentials {
  readonly username: string
  readonly password: string
}

type LoginMethod = 'AUTH=PLAIN' | 'LOGIN' | 'AUTH=LOGIN'

/**
 * Signs in by the first way the server offers: AUTHENTICATE PLAIN (RFC 4616), which carries any character in one message; LOGIN; and
 * AUTHENTICATE LOGIN. A second way is tried only where the server does not know the first, never after a refused password: providers lock
 * accounts after a few of those.
 *
 * @throws NoPasswordLogin, ServerRefusal, and what ImapDialogue.run throws.
 */
export async function logIn(dialogue: ImapDialogue, credentials: ImapCredentials): Promise<void> {
  const capabilities = await dialogue.fetchCapabilities()
  const methods = planLoginMethods(capabilities)
  // The list from before the login is not the one from after it (RFC 9051 section 6.2.2).
  dialogue.capabilities = null
  for (const [index, method] of methods.entries()) {
    try {
      return await attempt(dialogue, method, { ...credentials, capabilities })
    } catch (error) {
      if (index === methods.length - 1 || !isMethodUnknown(error)) throw error
    }
  }
  throw new NoPasswordLogin('the server offers no login with a password')
}

/** The ways to sign in that a server offers, best first. */
export function planLoginMethods(capabilities: ReadonlySet<string>): readonly LoginMethod[] {
  const offered: Record<LoginMethod, boolean> = {
    'AUTH=PLAIN': capabilities.has('AUTH=PLAIN'),
    LOGIN: !capabilities.has('LOGINDISABLED'),
    'AUTH=LOGIN': capabilities.has('AUTH=LOGIN'),
  }
  return (['AUTH=PLAIN', 'LOGIN', 'AUTH=LOGIN'] as const).filter((method) => offered[method])
}

/** BAD, or NO with words that speak of the mechanism: the server lied about what it knows, the password was not looked at. */
function isMethodUnknown(error: unknown): boolean {
  if (!(error instanceof ServerRefusal)) return false
  const { responseStatus, responseCode, text } = error.facts
  if (responseStatus === 'BAD')
    return responseCode === undefined && !/throttl|too many|invalid credentials|authentication failed|login failed/iu.test(text)
  return (
    responseStatus === 'NO' &&
    (responseCode === undefined || responseCode === 'CANNOT') &&
    /mechanism|not supported|unsupported/iu.test(text)
  )
}

async function attempt(
  dialogue: ImapDialogue,
  method: LoginMethod,
  { username, password, capabilities }: ImapCredentials & { readonly capabilities: ReadonlySet<string> },
): Promise<void> {
  switch (method) {
    case 'AUTH=PLAIN': {
      const message = Buffer.from(`\0${username}\0${password}`).toString('base64')
      // RFC 4959: with SASL-IR the message may ride on the command. Long ones do not: some servers cut command lines at 1 000 octets.
      if (capabilities.has('SASL-IR') && message.length <= 500) return dialogue.run(`AUTHENTICATE PLAIN ${message}`)
      return dialogue.run('AUTHENTICATE PLAIN', inTurn([message]))
    }
    case 'AUTH=LOGIN':
      return dialogue.run('AUTHENTICATE LOGIN', inTurn([username, password].map((value) => Buffer.from(value).toString('base64'))))
    case 'LOGIN': {
      const { command, literals } = buildLogin(username, password, capabilities)
      return dialogue.run(command, inTurn(literals))
    }
    default:
      return method satisfies never
  }
}

/** Answers one continuation request after the other; a server that asks once more is told `*`, which ends the exchange. */
function inTurn(answers: readonly (string | Buffer)[]): ContinueCommand {
  const waiting = [...answers]
  return () => waiting.shift()
}

/**
 * LOGIN with quoted strings where RFC 3501 allows them, which is printable ASCII, and literals for all else. Each synchronising literal
 * ends a part that has to wait for a continuation request.
 */
export function buildLogin(
  username: string,
  password: string,
  capabilities: ReadonlySet<string>,
): { readonly command: Buffer; readonly literals: readonly Buffer[] } {
  const parts: Buffer[] = [Buffer.from('LOGIN')]
  for (const value of [username, password]) {
    const octets = Buffer.from(value)
    const last = parts.length - 1
    const soFar = parts[last] ?? Buffer.alloc(0)
    if (/^[\u0020-\u007e]{0,1000}$/u.test(value)) {
      parts[last] = Buffer.concat([soFar, Buffer.from(` "${value.replaceAll(/["\\]/gu, '\\$&')}"`)])
    } else if (capabilities.has('LITERAL+') || (capabilities.has('LITERAL-') && octets.length <= 4096)) {
      parts[last] = Buffer.concat([soFar, Buffer.from(` {${octets.length}+}\r\n`), octets])
    } else {
      parts[last] = Buffer.concat([soFar, Buffer.from(` {${octets.length}}`)])
      parts.push(octets)
    }
  }
  const [command = Buffer.alloc(0), ...literals] = parts
  return { command, literals }
}
