import type { Request, Response } from 'express'
import type { ApiContext } from '../api-context.ts'
import type { ApiRuntime } from '../api-runtime.ts'
import { authenticateKey, type AuthenticatedKey } from '../keys/authenticate-key.ts'
import type { Session, SignInOrigin } from '../session-gate.ts'
import { requestIdOf } from './open-request.ts'
import { invalidFields } from '../validation/invalid-fields.ts'
import { readServiceKey } from './service-keys.ts'

const MAX_USER_AGENT = 300
const NEVER = new AbortController().signal

/** A request as Express has it. */
export interface Exchange {
  readonly request: Request
  readonly response: Response
  /** Default: never aborted. */
  readonly signal?: AbortSignal | undefined
}

/** Makes the context of one request. Reads nothing yet: a procedure asks for what it needs. */
export function createApiContext(runtime: ApiRuntime, { request, response, signal = NEVER }: Exchange): ApiContext {
  const { headers } = request
  let session: Promise<Session | null> | undefined
  let apiKey: Promise<AuthenticatedKey | null> | undefined
  const authenticateAgain = async (): Promise<Session | null> =>
    await runtime.sessions.authenticate({ cookieHeader: headers.cookie, authorizationHeader: headers.authorization })
  return {
    runtime,
    requestId: requestIdOf(response),
    origin: new RequestOrigin(request),
    signal,
    authenticate: async () => await (session ??= authenticateAgain()),
    authenticateAgain,
    authenticateKey: async () => await (apiKey ??= authenticateKey(runtime, headers.authorization)),
    hasServiceKey: () => runtime.isServiceKey(readServiceKey(headers)),
    isSandbox: () => readSandbox(headers['x-misarmail-sandbox']),
    setHeaders: (told) => response.setHeaders(new Map(Object.entries(told))),
    setCookie: (value) => response.append('Set-Cookie', value),
  }
}

/** What is neither yes nor no must not be taken for no: then mail would go out. @throws MaildockError validation.failed */
function readSandbox(header: string | string[] | undefined): boolean {
  const told = String(header ?? 'false')
    .trim()
    .toLowerCase()
  if (told !== 'true' && told !== 'false') {
    throw invalidFields({ 'X-MisarMail-Sandbox': ['This header is true, false, or absent.'] })
  }
  return told === 'true'
}

/** A signal that is aborted when the caller goes away before the answer. */
export function whenGone(response: Response): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  return gone.signal
}

/** Looks the caller's address up when it is asked for: behind proxies that takes a while, and few procedures ask. */
class RequestOrigin implements SignInOrigin {
  readonly #request: Request

  constructor(request: Request) {
    this.#request = request
  }

  get ipAddress(): string {
    return this.#request.ip ?? ''
  }

  get userAgent(): string | null {
    return this.#request.headers['user-agent']?.slice(0, MAX_USER_AGENT) ?? null
  }
}
