import { MaildockError } from './maildock-error.ts'

/** A session token, or a function that finds the present one. It is asked anew for every request and every reconnect. */
export type TokenSource = string | (() => string | null | undefined | Promise<string | null | undefined>)

/** Further headers for every request, such as a trace id. */
export type HeadersSource = Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>)

export interface HeaderOptions {
  readonly token?: TokenSource | undefined
  readonly serviceKey?: string | undefined
  readonly headers?: HeadersSource | undefined
}

/** Header in which internal services show their key. */
export const SERVICE_KEY_HEADER = 'x-service-key'

/** The headers of one request. @throws MaildockError client.token_failed */
export async function buildRequestHeaders(options: HeaderOptions): Promise<Record<string, string>> {
  const headers: Record<string, string> = { ...(typeof options.headers === 'function' ? options.headers() : options.headers) }
  const token = await readToken(options.token)
  if (token) {
    headers['authorization'] = `Bearer ${token}`
  }
  if (options.serviceKey !== undefined) {
    headers[SERVICE_KEY_HEADER] = options.serviceKey
  }
  return headers
}

async function readToken(source: TokenSource | undefined): Promise<string | null | undefined> {
  if (typeof source !== 'function') {
    return source
  }
  try {
    return await source()
  } catch (cause) {
    throw new MaildockError('client.token_failed', 'No session token could be had.', { cause })
  }
}
