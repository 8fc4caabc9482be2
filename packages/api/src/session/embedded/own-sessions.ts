import { isUuid, MaildockError, type Uuid } from '@maildock/core'
import type { EmbeddedSignIn, Session } from '../../session-gate.ts'
import type { SessionCookies } from '../token/session-cookie.ts'
import type { SessionStore } from './session-store.ts'

export interface OwnSessionsParts {
  readonly store: SessionStore
  readonly cookies: SessionCookies
  readonly now: () => Date
}

/** What a person can see of their sessions and do to them. A session that is ended is over with the next request, everywhere. */
export function createOwnSessions(parts: OwnSessionsParts): Pick<EmbeddedSignIn, 'signOut' | 'list' | 'revoke' | 'revokeOthers'> {
  const { store, cookies, now } = parts
  return {
    signOut: async (session) => {
      if (session !== null) await store.end({ id: idOf(session), userId: session.userId })
      return { setCookie: cookies.clear() }
    },
    list: async (session) => {
      const items = await store.list(session.userId, now())
      return items.map((item) => ({ ...item, current: item.id === session.sessionId }))
    },
    revoke: async (session, sessionId) => {
      const id = sessionId.toLowerCase()
      if (!isUuid(id) || !(await store.end({ id, userId: session.userId }))) throw new MaildockError('session.not_found')
      return { setCookie: id === session.sessionId ? cookies.clear() : null }
    },
    revokeOthers: async (session) => await store.endOthers({ id: idOf(session), userId: session.userId }),
  }
}

function idOf({ sessionId }: Session): Uuid {
  if (sessionId === null) throw new Error('A session of the embedded sign-in has an id.')
  return sessionId
}
