import { createHmac } from 'node:crypto'

/** The secret the benchmarks share with the product, as an identity provider would. */
export const SESSION_SECRET = 'the benchmarks sign their sessions with this secret'

/** A session of a user by an external issuer: a JWT, HS256, valid for an hour (RFC 7519, RFC 7515). */
export function signSessionToken(userId: string, now = new Date()): string {
  const issuedAt = Math.floor(now.getTime() / 1000)
  const header = { alg: 'HS256', typ: 'JWT' }
  const claims = { sub: userId, aud: 'authenticated', role: 'authenticated', iat: issuedAt, exp: issuedAt + 3_600 }
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${signed}.${createHmac('sha256', SESSION_SECRET).update(signed).digest('base64url')}`
}
