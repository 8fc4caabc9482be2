import type { Uuid } from '@maildock/core'

/** Who is asking, as far as a request tells. Headers are handed over as they came. */
export interface SessionRequest {
  readonly cookieHeader: string | undefined
  readonly authorizationHeader: string | undefined
}

/** A person's session. It says nothing about what the person may do beyond their own data and their plan. */
export interface Session {
  readonly userId: Uuid
  /** From the identity provider, for display only. */
  readonly email: string | null
  /** Name of the plan; null means the configured default. */
  readonly plan: string | null
  /** Row of the embedded sign-in; null for tokens of an external issuer. */
  readonly sessionId: Uuid | null
  readonly via: 'cookie' | 'bearer'
  /** From here on the session is over. Long-lived streams end with it. */
  readonly expiresAt: Date
}

/** Tells sessions from their tokens. The only way in which this package learns who is asking. */
export interface SessionGate {
  /**
   * The session of a request; null when it carries no token at all. Idempotent, touches the network only for a JWKS.
   * @throws MaildockError session.invalid, session.expired; service.unavailable when it cannot be decided now
   */
  authenticate(request: SessionRequest): Promise<Session | null>
  /** Sign-in with e-mail and password; null when sessions come from an external issuer. */
  readonly embedded: EmbeddedSignIn | null
}

/** Where a sign-in comes from: for throttling and for the list of sessions. */
export interface SignInOrigin {
  readonly ipAddress: string
  readonly userAgent: string | null
}

export interface SessionUser {
  readonly id: Uuid
  readonly email: string | null
}

/** `setCookie` is a complete Set-Cookie value: the caller puts it on its response, unchanged. */
export interface SignedIn {
  readonly user: SessionUser
  readonly setCookie: string
}

export interface SessionListItem {
  readonly id: Uuid
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly userAgent: string | null
  readonly current: boolean
}

/** The embedded sign-in. Every way in is throttled; unknown addresses and wrong passwords are told in the same words and time. */
export interface EmbeddedSignIn {
  readonly canSignUp: boolean
  /** @throws MaildockError sign_up.failed, sign_up.closed, rate.limited */
  signUp(input: { email: string; password: string; name?: string | undefined }, origin: SignInOrigin): Promise<SignedIn>
  /** @throws MaildockError sign_in.failed, rate.limited */
  signIn(input: { email: string; password: string }, origin: SignInOrigin): Promise<SignedIn>
  /** Ends the session at once, on every process. Idempotent; without a session only the cookie is cleared. */
  signOut(session: Session | null): Promise<{ readonly setCookie: string }>
  /**
   * Ends every other session of the user and renews this one.
   * @throws MaildockError password.wrong, validation.failed, rate.limited
   */
  changePassword(
    session: Session,
    input: { currentPassword: string; newPassword: string },
    origin: SignInOrigin,
  ): Promise<{ readonly setCookie: string }>
  /** Newest first, only sessions that are still good. */
  list(session: Session): Promise<readonly SessionListItem[]>
  /**
   * Ends one session of the same user. `setCookie` clears the cookie when it was the current one.
   * @throws MaildockError session.not_found
   */
  revoke(session: Session, sessionId: string): Promise<{ readonly setCookie: string | null }>
  /** Ends every other session of the user. The number of sessions that were ended. */
  revokeOthers(session: Session): Promise<number>
}
