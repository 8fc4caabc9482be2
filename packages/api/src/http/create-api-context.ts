import type { Request, Response } from 'express'
import type { ApiContext } from '../api-context.ts'
import type { ApiRuntime } from '../api-runtime.ts'
import type { Session } from '../session-gate.ts'
import { readServiceKey } from './service-keys.ts'
import { requestIdOf } from './open-request.ts'

const MAX_USER_AGENT = 300

/** Makes the context of one request. Reads headers only; the session is read when a procedure asks for it. */
export function createApiContext(runtime: ApiRuntime, request: Request, response: Response): ApiContext {
  const requestId = requestIdOf(response)
  const { headers } = request
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  let session: Promise<Session | null> | undefined
  const authenticateAgain = async (): Promise<Session | null> =>
    await runtime.sessions.authenticate({ cookieHeader: headers.cookie, authorizationHeader: headers.authorization })
  return {
    runtime,
    requestId,
    logger: runtime.logger.child({ requestId }),
    origin: { ipAddress: request.ip ?? '', userAgent: headers['user-agent']?.slice(0, MAX_USER_AGENT) ?? null },
    signal: gone.signal,
    authenticate: async () => await (session ??= authenticateAgain()),
    authenticateAgain,
    hasServiceKey: () => runtime.isServiceKey(readServiceKey(headers)),
    setCookie: (value) => response.append('Set-Cookie', value),
  }
}
