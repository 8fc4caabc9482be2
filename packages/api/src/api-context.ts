import type { ApiRuntime } from './api-runtime.ts'
import type { AuthenticatedKey } from './keys/authenticate-key.ts'
import type { Session, SignInOrigin } from './session-gate.ts'

/** What a procedure knows of one request. Made anew for each, by the tRPC and the REST adapter alike. */
export interface ApiContext {
  readonly runtime: ApiRuntime
  /** UUID, told to the caller as X-Request-Id and in every error. */
  readonly requestId: string
  readonly origin: SignInOrigin
  /** Aborted when the caller goes away before the answer. */
  readonly signal: AbortSignal
  /** The session, read once per request; null without a token. @throws MaildockError session.invalid, session.expired */
  readonly authenticate: () => Promise<Session | null>
  /** The same read anew: for streams, which outlive the moment they were opened. */
  readonly authenticateAgain: () => Promise<Session | null>
  /**
   * The API key, read once per request; null without a Bearer token.
   * @throws MaildockError key.invalid, key.revoked, key.expired, service.unavailable
   */
  readonly authenticateKey: () => Promise<AuthenticatedKey | null>
  /** Tells whether the request carries a configured service key. Constant time. */
  readonly hasServiceKey: () => boolean
  /** The caller wants everything checked and nothing delivered (`X-MisarMail-Sandbox: true`). @throws MaildockError validation.failed */
  readonly isSandbox: () => boolean
  /** Puts headers on the response, whatever it will be. */
  readonly setHeaders: (headers: Readonly<Record<string, string>>) => void
  /** Puts a complete Set-Cookie value on the response. */
  readonly setCookie: (value: string) => void
}
