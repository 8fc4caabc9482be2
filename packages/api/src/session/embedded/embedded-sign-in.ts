import { randomBytes } from 'node:crypto'
import { MaildockError, toDisplayLine, toEmailKey } from '@maildock/core'
import type { EmbeddedSignIn, SignedIn, SignInOrigin } from '../../session-gate.ts'
import type { SessionCookies } from '../token/session-cookie.ts'
import type { AttemptThrottle } from './attempt-throttle.ts'
import { createOwnSessions } from './own-sessions.ts'
import type { PasswordHasher } from './password-hasher.ts'
import type { SessionRow, SessionStore } from './session-store.ts'
import type { SessionTokens } from './session-token.ts'
import type { SignInLibrary, SignInOutcome } from './sign-in-library.ts'

export interface EmbeddedSignInParts {
  readonly canSignUp: boolean
  readonly library: SignInLibrary
  readonly passwords: PasswordHasher
  readonly store: SessionStore
  readonly tokens: SessionTokens
  readonly cookies: SessionCookies
  readonly throttles: { readonly signIn: AttemptThrottle; readonly signUp: AttemptThrottle; readonly changePassword: AttemptThrottle }
  readonly now: () => Date
}

const MAX_USER_AGENT_LENGTH = 300

/** Sign-in with e-mail and password. Every attempt is counted before it is made; a session exists once its row does. */
export function createEmbeddedSignIn(parts: EmbeddedSignInParts): EmbeddedSignIn {
  const { canSignUp, library, store, throttles, now } = parts
  return {
    canSignUp,
    signUp: async ({ email, password, name }, origin) => {
      if (!canSignUp) throw new MaildockError('sign_up.closed')
      const address = toEmailKey(email)
      await throttles.signUp.count({ ipAddress: origin.ipAddress, subject: address })
      const signedIn = await complete(parts, await library.signUp({ email: address, password, name: name ?? '' }), origin)
      if (signedIn === null) throw new MaildockError('sign_up.failed')
      return signedIn
    },
    signIn: async ({ email, password }, origin) => {
      const address = toEmailKey(email)
      const attempt = { ipAddress: origin.ipAddress, subject: address }
      await throttles.signIn.count(attempt)
      const signedIn = await complete(parts, await library.signIn({ email: address, password }), origin)
      if (signedIn === null) throw new MaildockError('sign_in.failed')
      await throttles.signIn.forgive(attempt)
      await store.sweep(now())
      return signedIn
    },
    changePassword: createChangePassword(parts),
    ...createOwnSessions(parts),
  }
}

/** Null when the attempt was refused, or the password was changed while it was checked. */
async function complete(parts: EmbeddedSignInParts, outcome: SignInOutcome, origin: SignInOrigin): Promise<SignedIn | null> {
  if (outcome.kind === 'refused') return null
  const { token, passwordHash, email } = outcome
  const row = await parts.store.confirm({ token, passwordHash, userAgent: toUserAgent(origin) })
  return row === null ? null : { user: { id: row.userId, email }, setCookie: await issueCookie(parts, row, email) }
}

function createChangePassword(parts: EmbeddedSignInParts): EmbeddedSignIn['changePassword'] {
  const { passwords, store, throttles, now } = parts
  return async (session, { currentPassword, newPassword }, origin) => {
    const { userId } = session
    const attempt = { ipAddress: origin.ipAddress, subject: userId }
    await throttles.changePassword.count(attempt)
    const oldHash = await store.findPasswordHash(userId)
    if (oldHash === null || !(await passwords.verify(oldHash, currentPassword))) throw new MaildockError('password.wrong')
    const newHash = await passwords.hash(newPassword)
    const token = randomBytes(24).toString('base64url')
    const row = await store.replacePassword({ userId, oldHash, newHash, token, userAgent: toUserAgent(origin), now: now() })
    // Somebody else changed it first: what was current is not any more.
    if (row === null) throw new MaildockError('password.wrong')
    await throttles.changePassword.forgive(attempt)
    return { setCookie: await issueCookie(parts, row, session.email) }
  }
}

async function issueCookie({ tokens, cookies, now }: EmbeddedSignInParts, row: SessionRow, email: string | null): Promise<string> {
  const { token, expiresAt } = await tokens.issue({ sessionId: row.id, userId: row.userId, email, createdAt: row.createdAt })
  return cookies.keep(token, (expiresAt.getTime() - now().getTime()) / 1000)
}

function toUserAgent({ userAgent }: SignInOrigin): string | null {
  return userAgent === null ? null : toDisplayLine(userAgent, MAX_USER_AGENT_LENGTH)
}
