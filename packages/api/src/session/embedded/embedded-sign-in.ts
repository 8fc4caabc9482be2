import { randomBytes } from 'node:crypto'
import { isUuid, MaildockError, toDisplayLine, toEmailKey, type Uuid } from '@maildock/core'
import type { EmbeddedSignIn, Session, SignedIn, SignInOrigin } from '../../session-gate.ts'
import type { SessionCookies } from '../token/session-cookie.ts'
import type { AttemptThrottle } from './attempt-throttle.ts'
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

/** Sign-in with e-mail and password. Every attempt is counted before it is made; a session exists once its row does. */
export function createEmbeddedSignIn(parts: EmbeddedSignInParts): EmbeddedSignIn {
  const { library, passwords, store, tokens, cookies, throttles, now } = parts

  async function keepCookie(row: SessionRow, email: string): Promise<string> {
    const { token, expiresAt } = await tokens.issue({ sessionId: row.id, userId: row.userId, email, createdAt: row.createdAt })
    return cookies.keep(token, (expiresAt.getTime() - now().getTime()) / 1000)
  }

  /** Null when the attempt was refused, or the password was changed while it was checked. */
  async function complete(outcome: SignInOutcome, origin: SignInOrigin): Promise<SignedIn | null> {
    if (outcome.kind === 'refused') return null
    const row = await store.confirm({ token: outcome.token, passwordHash: outcome.passwordHash, userAgent: toUserAgent(origin) })
    if (row === null) return null
    return { user: { id: row.userId, email: outcome.email }, setCookie: await keepCookie(row, outcome.email) }
  }

  return {
    canSignUp: parts.canSignUp,
    signUp: async ({ email, password, name }, origin) => {
      if (!parts.canSignUp) throw new MaildockError('sign_up.closed')
      const address = toEmailKey(email)
      await throttles.signUp.count({ ipAddress: origin.ipAddress, subject: address })
      const signedIn = await complete(await library.signUp({ email: address, password, name: name ?? '' }), origin)
      if (signedIn === null) throw new MaildockError('sign_up.failed')
      return signedIn
    },
    signIn: async ({ email, password }, origin) => {
      const address = toEmailKey(email)
      const attempt = { ipAddress: origin.ipAddress, subject: address }
      await throttles.signIn.count(attempt)
      const signedIn = await complete(await library.signIn({ email: address, password }), origin)
      if (signedIn === null) throw new MaildockError('sign_in.failed')
      await throttles.signIn.forgive(attempt)
      await store.sweep(now())
      return signedIn
    },
    signOut: async (session) => {
      if (session?.sessionId != null) await store.end({ id: session.sessionId, userId: session.userId })
      return { setCookie: cookies.clear() }
    },
    changePassword: async (session, { currentPassword, newPassword }, origin) => {
      const attempt = { ipAddress: origin.ipAddress, subject: session.userId }
      await throttles.changePassword.count(attempt)
      const oldHash = await store.findPasswordHash(session.userId)
      if (oldHash === null || !(await passwords.verify(oldHash, currentPassword))) throw new MaildockError('password.wrong')
      const row = await store.replacePassword({
        userId: session.userId,
        oldHash,
        newHash: await passwords.hash(newPassword),
        token: randomBytes(24).toString('base64url'),
        userAgent: toUserAgent(origin),
        now: now(),
      })
      if (row === null) throw new MaildockError('password.wrong')
      await throttles.changePassword.forgive(attempt)
      return { setCookie: await keepCookie(row, session.email ?? '') }
    },
    list: async (session) => (await store.list(session.userId, now())).map((item) => ({ ...item, current: item.id === session.sessionId })),
    revoke: async (session, sessionId) => {
      const id = sessionId.toLowerCase()
      if (!isUuid(id) || !(await store.end({ id, userId: session.userId }))) throw new MaildockError('session.not_found')
      return { setCookie: id === session.sessionId ? cookies.clear() : null }
    },
    revokeOthers: async (session) => await store.endOthers({ id: ownId(session), userId: session.userId }),
  }
}

function ownId(session: Session): Uuid {
  if (session.sessionId === null) throw new Error('A session of the embedded sign-in has an id.')
  return session.sessionId
}

function toUserAgent({ userAgent }: SignInOrigin): string | null {
  return userAgent === null ? null : toDisplayLine(userAgent, 300)
}
