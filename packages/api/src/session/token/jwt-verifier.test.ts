import { createHmac, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { MaildockError, type ErrorCode } from '@maildock/core'
import * as fc from 'fast-check'
import { createLocalJWKSet, exportJWK, SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose'
import { describe, expect, it } from 'vitest'
import { createJwtVerifier, type JwtVerifier } from './jwt-verifier.ts'

const USER_ID = '0198c0de-0000-7000-8000-000000000001'
const ISSUER = 'https://id.example/auth/v1'
const AUDIENCE = 'authenticated'
const NOW = new Date('2026-01-15T10:00:00Z')
const NOW_SECONDS = NOW.getTime() / 1000
const SECRET = new TextEncoder().encode('a secret of the test that is long enough')
const rules = { issuer: ISSUER, audience: AUDIENCE, now: () => NOW }

const good = { sub: USER_ID, iss: ISSUER, aud: AUDIENCE, iat: NOW_SECONDS, exp: NOW_SECONDS + 3600, role: 'authenticated' }

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')
const rsaPem = rsa.publicKey.export({ type: 'spki', format: 'pem' })

const secretVerifier = createJwtVerifier({ kind: 'secret', secret: SECRET }, rules)

async function jwksVerifier(...keys: readonly { key: KeyObject; kid: string; alg?: string }[]): Promise<JwtVerifier> {
  const jwks = await Promise.all(keys.map(async ({ key, ...rest }) => ({ ...(await exportJWK(key)), ...rest })))
  return createJwtVerifier({ kind: 'jwks', findKey: createLocalJWKSet({ keys: jwks }) }, rules)
}

const allKeys = [
  { key: rsa.publicKey, kid: 'rsa' },
  { key: ec.publicKey, kid: 'ec' },
  { key: ed.publicKey, kid: 'ed' },
]

async function hs256(claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}): Promise<string> {
  return await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', ...header }).sign(SECRET)
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token no library would make. */
function raw(header: unknown, claims: unknown, signer: (input: string) => string): string {
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${signer(input)}`
}

function rs256(header: unknown): string {
  return raw(header, good, (input) => sign('sha256', Buffer.from(input), rsa.privateKey).toString('base64url'))
}

const hmac = (key: string | Uint8Array | KeyObject) => (input: string) => createHmac('sha256', key).update(input).digest('base64url')

async function codeOf(verifier: JwtVerifier, token: string): Promise<ErrorCode | 'accepted'> {
  try {
    await verifier.verify(token)
    return 'accepted'
  } catch (error) {
    if (error instanceof MaildockError) return error.code
    throw error
  }
}

describe('a good token', () => {
  it('tells user, plan and session, and nothing that its owner may edit', async () => {
    const token = await hs256({
      ...good,
      email: 'ada@example.com',
      session_id: '0198c0de-0000-7000-8000-00000000000A',
      app_metadata: { plan: 'pro' },
      user_metadata: { plan: 'enterprise' },
    })
    expect(await secretVerifier.verify(token)).toEqual({
      userId: USER_ID,
      email: 'ada@example.com',
      plan: 'pro',
      sessionId: '0198c0de-0000-7000-8000-00000000000a',
      expiresAt: new Date((NOW_SECONDS + 3600) * 1000),
    })
  })

  it.each([
    ['no app_metadata', {}],
    ['a plan only in user_metadata', { user_metadata: { plan: 'enterprise' } }],
    ['app_metadata that is text', { app_metadata: 'pro' }],
    ['a plan that is an object', { app_metadata: { plan: { plan: 'pro' } } }],
    ['an endless plan', { app_metadata: { plan: 'p'.repeat(51) } }],
    ['a plan on the prototype', { app_metadata: JSON.parse('{"__proto__": {"plan": "pro"}}') as object }],
  ])('has no plan with %s', async (_, claims) => {
    expect((await secretVerifier.verify(await hs256({ ...good, ...claims }))).plan).toBeNull()
  })

  it.each([
    ['RS256', rsa.privateKey, 'rsa'],
    ['ES256', ec.privateKey, 'ec'],
    ['EdDSA', ed.privateKey, 'ed'],
  ])('may be signed by %s with a key of the set', async (alg, key, kid) => {
    const verifier = await jwksVerifier(...allKeys)
    const token = await new SignJWT(good).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(key)
    expect(await codeOf(verifier, token)).toBe('accepted')
  })

  it.each([
    ['one audience of several', { aud: ['other', AUDIENCE] }],
    ['a clock 5 s ahead', { nbf: NOW_SECONDS + 5, iat: NOW_SECONDS + 5 }],
    ['a clock 4 s behind', { exp: NOW_SECONDS - 4 }],
  ])('is accepted with %s', async (_, claims) => {
    expect(await codeOf(secretVerifier, await hs256({ ...good, ...claims }))).toBe('accepted')
  })

  it('may come from any issuer where none is configured', async () => {
    const verifier = createJwtVerifier({ kind: 'secret', secret: SECRET }, { ...rules, issuer: null })
    expect(await codeOf(verifier, await hs256({ ...good, iss: 'https://elsewhere.example' }))).toBe('accepted')
  })
})

describe('S18: forged signatures', () => {
  it.each([
    ['alg none, no signature', () => raw({ alg: 'none' }, good, () => '')],
    ['alg None', () => raw({ alg: 'None' }, good, () => '')],
    ['alg nONE with a good signature', () => raw({ alg: 'nONE' }, good, hmac(SECRET))],
    ['no alg', () => raw({ typ: 'JWT' }, good, hmac(SECRET))],
    ['alg as a list', () => raw({ alg: ['HS256'] }, good, hmac(SECRET))],
    ['an empty signature', () => raw({ alg: 'HS256' }, good, () => '')],
    ['a truncated signature', () => raw({ alg: 'HS256' }, good, (input) => hmac(SECRET)(input).slice(0, -2))],
    ['another secret', () => raw({ alg: 'HS256' }, good, hmac('another secret of sufficient length!!'))],
    ['an empty secret', () => raw({ alg: 'HS256' }, good, hmac(''))],
    ['HS512 where HS256 is agreed', () => raw({ alg: 'HS512' }, good, (i) => createHmac('sha512', SECRET).update(i).digest('base64url'))],
    ['an RS256 token', () => raw({ alg: 'RS256' }, good, (i) => sign('sha256', Buffer.from(i), rsa.privateKey).toString('base64url'))],
    ['unknown crit', () => raw({ alg: 'HS256', crit: ['x'], x: 1 }, good, hmac(SECRET))],
    ['crit that names nothing', () => raw({ alg: 'HS256', crit: [] }, good, hmac(SECRET))],
    ['unencoded payload (b64 false)', () => raw({ alg: 'HS256', b64: false, crit: ['b64'] }, good, hmac(SECRET))],
    ['a logout token', () => raw({ alg: 'HS256', typ: 'logout+jwt' }, good, hmac(SECRET))],
    ['claims that are a list', () => raw({ alg: 'HS256' }, [good], hmac(SECRET))],
    ['five parts', () => `${raw({ alg: 'HS256' }, good, hmac(SECRET))}.a.b`],
    ['nothing', () => ''],
    ['20 KB', () => 'a'.repeat(20_000)],
  ])('refuses %s where a secret is configured', async (_, token) => {
    expect(await codeOf(secretVerifier, token())).toBe('session.invalid')
  })

  const spki = createPublicKey(rsaPem).export({ type: 'spki', format: 'der' })
  it.each([
    ['HS256 signed with the public key as PEM', () => raw({ alg: 'HS256', kid: 'rsa' }, good, hmac(String(rsaPem)))],
    ['HS256 signed with the public key as DER', () => raw({ alg: 'HS256', kid: 'rsa' }, good, hmac(spki))],
    ['HS256 without a kid', () => raw({ alg: 'HS256' }, good, hmac(String(rsaPem)))],
    ['RS256 by a key called EC', () => rs256({ alg: 'RS256', kid: 'ec' })],
    ['ES256 in name, RS256 in fact', () => rs256({ alg: 'ES256', kid: 'ec' })],
    ['RS256 under the kid of another key', () => rs256({ alg: 'ES256', kid: 'rsa' })],
    ['RS512 where RS256 is agreed', () => rs256({ alg: 'RS512', kid: 'rsa' })],
    ['PS256 where RS256 is agreed', () => rs256({ alg: 'PS256', kid: 'rsa' })],
    ['alg none', () => raw({ alg: 'none', kid: 'rsa' }, good, () => '')],
    ['an unknown kid', () => rs256({ alg: 'RS256', kid: 'nobody' })],
    ['a kid that is a path', () => rs256({ alg: 'RS256', kid: '../../../../dev/null' })],
    ['a kid that is SQL', () => rs256({ alg: 'RS256', kid: "rsa' OR '1'='1" })],
    ['a kid of the prototype', () => rs256({ alg: 'RS256', kid: '__proto__' })],
    ['a kid that is an object', () => rs256({ alg: 'RS256', kid: { toString: 'rsa' } })],
    ['a zero ES256 signature (CVE-2022-21449)', () => raw({ alg: 'ES256', kid: 'ec' }, good, () => Buffer.alloc(64).toString('base64url'))],
  ])('refuses %s where public keys are configured', async (_, token) => {
    expect(await codeOf(await jwksVerifier(...allKeys), token())).toBe('session.invalid')
  })

  it('ignores the key and the address a token brings along', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const header = {
      alg: 'RS256',
      kid: 'rsa',
      jwk: await exportJWK(other.publicKey),
      jku: 'http://127.0.0.1:1/keys',
      x5u: 'http://127.0.0.1:1/cert',
    }
    const token = raw(header, good, (input) => sign('sha256', Buffer.from(input), other.privateKey).toString('base64url'))
    expect(await codeOf(await jwksVerifier(...allKeys), token)).toBe('session.invalid')
  })

  it('refuses the wrong algorithm for a key that names its own', async () => {
    const verifier = await jwksVerifier({ key: rsa.publicKey, kid: 'rsa', alg: 'RS512' })
    expect(await codeOf(verifier, rs256({ alg: 'RS256', kid: 'rsa' }))).toBe('session.invalid')
  })

  it('calls a set with a private key in it unusable, not the token', async () => {
    const verifier = await jwksVerifier({ key: rsa.privateKey, kid: 'rsa' })
    expect(await codeOf(verifier, rs256({ alg: 'RS256', kid: 'rsa' }))).toBe('service.unavailable')
  })

  it('does not start with a guessable secret', () => {
    expect(() => createJwtVerifier({ kind: 'secret', secret: new Uint8Array(31) }, rules)).toThrow('at least 32 octets')
  })
})

describe('S19: claims', () => {
  const { sub: _sub, ...withoutSub } = good
  const { iss: _iss, ...withoutIss } = good
  const { aud: _aud, ...withoutAud } = good
  const { exp: _exp, ...withoutExp } = good
  const { iat: _iat, ...withoutIat } = good
  const tenYears = 10 * 365 * 86_400

  it.each<[string, JWTPayload, ErrorCode]>([
    ['no iss', withoutIss, 'session.invalid'],
    ['another iss', { ...good, iss: 'https://evil.example' }, 'session.invalid'],
    ['an iss that only begins like ours', { ...good, iss: `${ISSUER}/` }, 'session.invalid'],
    ['no aud', withoutAud, 'session.invalid'],
    ['another aud', { ...good, aud: 'anonymous' }, 'session.invalid'],
    ['an empty list of aud', { ...good, aud: [] }, 'session.invalid'],
    ['no sub', withoutSub, 'session.invalid'],
    ['a sub that is no UUID', { ...good, sub: 'admin' }, 'session.invalid'],
    ['a UUID with something behind it', { ...good, sub: `${USER_ID}\n` }, 'session.invalid'],
    ['no exp', withoutExp, 'session.invalid'],
    ['an exp that is text', { ...good, exp: '9999999999' as unknown as number }, 'session.invalid'],
    ['exp 6 s ago', { ...good, exp: NOW_SECONDS - 6 }, 'session.expired'],
    ['exp long ago', { ...good, exp: 1 }, 'session.expired'],
    ['nbf in the future', { ...good, nbf: NOW_SECONDS + 6 }, 'session.invalid'],
    ['iat in the future', { ...good, iat: NOW_SECONDS + 60 }, 'session.invalid'],
    ['an exp ten years after iat', { ...good, exp: NOW_SECONDS + tenYears }, 'session.invalid'],
    ['an exp ten years from now and no iat', { ...withoutIat, exp: NOW_SECONDS + tenYears }, 'session.invalid'],
    ['ten years of life with one hour left', { ...good, iat: NOW_SECONDS + 3600 - tenYears }, 'session.invalid'],
  ])('refuses %s', async (_, claims, code) => {
    expect(await codeOf(secretVerifier, await hs256(claims))).toBe(code)
  })

  it('never calls a forged token expired: an answer about its claims would be an oracle', async () => {
    expect(await codeOf(secretVerifier, raw({ alg: 'HS256' }, { ...good, exp: 1 }, hmac('wrong')))).toBe('session.invalid')
  })
})

describe('S20: tokens of programs', () => {
  it.each(['anon', 'service_role', 'supabase_admin'])('refuses role %s', async (role) => {
    expect(await codeOf(secretVerifier, await hs256({ ...good, role }))).toBe('session.invalid')
  })
})

describe('anything else', () => {
  it('is refused as not valid, whatever it is', async () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
      fc.constantFrom('', 'e30', Buffer.from('{"alg":"HS256"}').toString('base64url')),
    )
    const token = fc.array(part, { maxLength: 5 }).map((parts) => parts.join('.'))
    await fc.assert(
      fc.asyncProperty(token, async (text) => {
        expect(await codeOf(secretVerifier, text)).toBe('session.invalid')
      }),
      { numRuns: 500 },
    )
  })
})
