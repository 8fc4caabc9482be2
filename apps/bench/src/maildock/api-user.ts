import { randomUUID } from 'node:crypto'
import { signSessionToken } from './session-token.ts'

/** A person on the REST interface. */
export interface ApiUser {
  readonly userId: string
  readonly headers: Readonly<Record<string, string>>
  /** @throws when the answer is not a success */
  call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T>
}

/** A user nobody else is, with a session of the shared-secret kind. */
export function createApiUser(baseUrl: string): ApiUser {
  const userId = randomUUID()
  return withHeaders(baseUrl, userId, { authorization: `Bearer ${signSessionToken(userId)}` })
}

/** Signs a user up with e-mail and password: a session of the embedded kind. */
export async function signUpApiUser(baseUrl: string, origin: string): Promise<ApiUser> {
  const response = await fetch(`${baseUrl}/api/session/sign-up`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email: `${randomUUID()}@bench.example.com`, password: 'correct horse battery staple' }),
  })
  const body = (await response.json()) as { user?: { id: string } }
  if (body.user === undefined) throw new Error(`Signing up was answered with ${response.status}: ${JSON.stringify(body)}`)
  const cookie = response.headers.getSetCookie().map((line) => line.split(';')[0])
  return withHeaders(baseUrl, body.user.id, { cookie: cookie.join('; '), origin })
}

function withHeaders(baseUrl: string, userId: string, headers: Readonly<Record<string, string>>): ApiUser {
  return {
    userId,
    headers,
    call: async <T>(method: 'GET' | 'POST', path: string, body?: unknown) => {
      const response = await fetch(`${baseUrl}${path}`, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const answer = (await response.json()) as T
      if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${JSON.stringify(answer)}`)
      return answer
    },
  }
}
