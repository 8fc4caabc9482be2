import { parseAnswer, unexpectedAnswer } from './http-answer.ts'
import { MaildockError } from './maildock-error.ts'

/** The part of `fetch` that is used. The global one fits, and so does any wrapper around it. */
export type FetchLike = (url: string, init: RequestInit) => Promise<Response>

/** How the browser treats cookies. */
export type CookieMode = 'include' | 'same-origin' | 'omit'

export interface TransportOptions {
  readonly fetch?: FetchLike | undefined
  readonly credentials?: CookieMode | undefined
}

/** What one request is made of. */
export interface TransportRequest {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Sends one request and resolves with whatever answered, redirects excepted: headers with secrets never follow one.
 * @throws MaildockError client.network, client.unexpected_response; the signal's reason when aborted
 */
export async function sendRequest(options: TransportOptions, url: string, request: TransportRequest): Promise<Response> {
  const init: RequestInit = { method: request.method, headers: request.headers, redirect: 'manual' }
  if (request.body !== undefined) {
    init.body = request.body
  }
  if (request.signal !== undefined) {
    init.signal = request.signal
  }
  if (options.credentials !== undefined) {
    init.credentials = options.credentials
  }
  const send: FetchLike = options.fetch ?? globalThis.fetch.bind(globalThis)
  const response = await unlessUnreachable(send(url, init), request.signal)
  if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
    await response.body?.cancel()
    throw unexpectedAnswer(response, 'a redirect. Set baseUrl to where it leads')
  }
  return response
}

/** Reads the whole text of an answer. @throws MaildockError client.network; the signal's reason when aborted */
export async function readText(response: Response, signal?: AbortSignal): Promise<string> {
  return await unlessUnreachable(response.text(), signal)
}

/** Tells a connection that fails from everything else that can. @throws MaildockError client.network; the signal's reason when aborted */
export async function unlessUnreachable<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work
  } catch (cause) {
    signal?.throwIfAborted()
    throw new MaildockError('client.network', 'The server could not be reached.', { cause })
  }
}

/** The parts of a request as tRPC's httpLink makes it: an URL string, a record of headers and a JSON text. */
interface LinkRequest {
  readonly method?: string | undefined
  readonly headers?: unknown
  readonly body?: unknown
  readonly signal?: AbortSignal | null | undefined
}

interface TransportAnswer {
  readonly ok: boolean
  readonly status: number
  readonly headers: Headers
  json(): Promise<unknown>
}

/** The `fetch` under tRPC's httpLink: every failure it lets through is a MaildockError or a tRPC error envelope. */
export function createTransport(options: TransportOptions): (url: unknown, request?: LinkRequest) => Promise<TransportAnswer> {
  return async (url, request = {}) => {
    const signal = request.signal ?? undefined
    const response = await sendRequest(options, String(url), {
      method: request.method ?? 'GET',
      headers: { ...(request.headers as Record<string, string>) },
      body: typeof request.body === 'string' ? request.body : undefined,
      signal,
    })
    const text = await readText(response, signal)
    const { ok, status, headers } = response
    return { ok, status, headers, json: async () => parseAnswer(text, response) }
  }
}
