import { MaildockError, type Logger } from '@maildock/core'
import type { EmbeddedSignIn, SessionGate } from '../../session-gate.ts'
import { readSessionToken } from '../token/read-session-token.ts'
import type { SessionClaims } from '../token/session-claims.ts'
import { TOUCH_INTERVAL_MS } from './session-lifetime.ts'
import type { SessionState, SessionStore } from './session-store.ts'
import type { SessionTokens } from './session-token.ts'

export interface EmbeddedSessionGateParts {
  readonly embedded: EmbeddedSignIn
  readonly store: SessionStore
  readonly tokens: SessionTokens
  readonly logger: Logger
  readonly now: () => Date
}

/**
 * Tells the sessions of the embedded sign-in: a good token whose row is still there. The row is read on every request and kept
 * nowhere, so that sign-out, revocation and a change of the password act with the next request, on every process.
 */
export function createEmbeddedSessionGate({ embedded, store, tokens, logger, now }: EmbeddedSessionGateParts): SessionGate {
  async function findState(claims: SessionClaims, at: Date): Promise<SessionState> {
    if (claims.sessionId === null) {
      throw new MaildockError('session.invalid', { cause: new Error('the token names no session') })
    }
    const state = await store.find({ id: claims.sessionId, userId: claims.userId }, at).catch((cause: unknown) => {
      throw new MaildockError('service.unavailable', { cause })
    })
    if (state === null) throw new MaildockError('session.expired')
    return state
  }

  /** Housekeeping: if it fails, the session is as good as before. */
  async function touch(claims: SessionClaims, state: SessionState, at: Date): Promise<Date> {
    if (claims.sessionId === null || at.getTime() - state.lastSeenAt.getTime() < TOUCH_INTERVAL_MS) return state.expiresAt
    try {
      return (await store.touch(claims.sessionId, at)) ?? state.expiresAt
    } catch (error) {
      logger.warn({ reason: error instanceof Error ? error.name : 'unknown' }, 'A session could not be marked as seen.')
      return state.expiresAt
    }
  }

  return {
    embedded,
    authenticate: async (request) => {
      const presented = readSessionToken(request)
      if (presented === null) return null
      const claims = await tokens.verify(presented.token)
      const at = now()
      const state = await findState(claims, at)
      const { userId, email, plan, sessionId } = claims
      return { userId, email, plan, sessionId, via: presented.via, expiresAt: await touch(claims, state, at) }
    },
  }
}
