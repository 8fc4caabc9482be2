import type { CookieMode, FetchLike } from './http-transport.ts'
import type { HeadersSource, TokenSource } from './request-headers.ts'

/** What a client is made from. */
export interface MaildockClientOptions {
  /** Where Maildock is served, without `/api`: `https://mail.example.com`. In a browser also `''`, the page's own origin. */
  readonly baseUrl: string | URL
  /** Session token for `Authorization: Bearer`. A function is asked for each request, so that a token can be renewed. */
  readonly token?: TokenSource | undefined
  /** Key of an internal service. It opens the internal procedures and nothing else. Never in a browser. */
  readonly serviceKey?: string | undefined
  /** Browsers: whether the session cookie goes along. Default: the browser's own, `same-origin`. */
  readonly credentials?: CookieMode | undefined
  /** Further headers for every request. */
  readonly headers?: HeadersSource | undefined
  /** Default: the global `fetch`. */
  readonly fetch?: FetchLike | undefined
  /**
   * Deadline of a call with its retries, in milliseconds. Default 30 000. What waits for other
   * people's mail servers has at least 20 000 (`accounts.connect`, `accounts.update`) or 25 000 (`sync.run`).
   */
  readonly timeoutMs?: number | undefined
  /** How often a query is repeated when the server cannot be reached or says 429, 502, 503 or 504. Default 2. Changes never are. */
  readonly retries?: number | undefined
}

/** What every call takes as its last argument. */
export interface CallOptions {
  /** Aborting it rejects the call with the signal's reason, as `fetch` does. */
  readonly signal?: AbortSignal | undefined
  /** Deadline of this call in milliseconds, instead of the client's. */
  readonly timeoutMs?: number | undefined
}

const DEFAULT_RETRIES = 2

/** The number of retries to use. */
export function chooseRetries(retries: number | undefined): number {
  return retries ?? DEFAULT_RETRIES
}

/** Where the typed procedures are served. @throws TypeError for a base URL that is neither http(s) nor a path */
export function trpcUrlOf(baseUrl: string | URL): string {
  const base = String(baseUrl).replace(/\/+$/u, '')
  if (base !== '' && !base.startsWith('/') && !/^https?:\/\/[^/?#]/iu.test(base)) {
    throw new TypeError(`baseUrl is neither an http(s) URL nor a path: ${base.slice(0, 200)}`)
  }
  if (/[?#]/u.test(base)) {
    throw new TypeError('baseUrl must not carry a query or a fragment.')
  }
  return `${base}/api/trpc`
}
