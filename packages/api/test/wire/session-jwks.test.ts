import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { silentLogger } from '@maildock/core'
import { exportJWK, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createJwtSessionGate } from '../../src/session/jwt-session-gate.ts'

const USER_ID = '0198c0de-0000-7000-8000-000000000001'
const ISSUER = 'https://id.example/auth/v1'
const START = Date.parse('2026-01-15T10:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Long enough for an answer on a busy machine; two tests wait for it to pass. */
const ISSUER_TIMEOUT_MS = 2_000

const first = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const second = generateKeyPairSync('ec', { namedCurve: 'P-256' })

async function keySet(keys: Record<string, KeyPairKeyObjectResult>): Promise<string> {
  const jwks = Object.entries(keys).map(async ([kid, { publicKey }]) => ({
    ...(await exportJWK(publicKey)),
    kid,
    alg: 'ES256',
    use: 'sig',
  }))
  return JSON.stringify({ keys: await Promise.all(jwks) })
}

const answerWith =
  (body: string, status = 200): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }

/** An issuer on loopback whose answer can be replaced, and a gate with a clock that the test moves. */
async function openIssuer(listener: RequestListener) {
  let answer = listener
  let requests = 0
  let nowMs = START
  const server = createServer((request, response) => {
    requests += 1
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const gate = createJwtSessionGate({
    keys: { kind: 'jwks', url: `http://127.0.0.1:${port}/.well-known/jwks.json`, timeoutMs: ISSUER_TIMEOUT_MS },
    issuer: ISSUER,
    audience: 'authenticated',
    logger: silentLogger,
    now: () => new Date(nowMs),
  })
  return {
    answer: (next: RequestListener) => (answer = next),
    pass: (ms: number) => (nowMs += ms),
    requests: () => requests,
    token: async (key: KeyPairKeyObjectResult, kid: string) =>
      await new SignJWT({ jti: crypto.randomUUID() })
        .setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT' })
        .setSubject(USER_ID)
        .setIssuer(ISSUER)
        .setAudience('authenticated')
        .setIssuedAt(nowMs / 1000)
        .setExpirationTime(nowMs / 1000 + 24 * 3600)
        .sign(key.privateKey),
    ask: async (token: string) => await gate.authenticate({ cookieHeader: `sb-access-token=${token}`, authorizationHeader: undefined }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const unavailable = { code: 'service.unavailable' }
const invalid = { code: 'session.invalid' }

describe('an issuer that answers', () => {
  it('is asked once for many tokens, also when they come at once', async () => {
    await using issuer = await openIssuer(answerWith(await keySet({ k1: first })))
    const tokens = await Promise.all(Array.from({ length: 20 }, async () => await issuer.token(first, 'k1')))
    const sessions = await Promise.all(tokens.map(async (token) => await issuer.ask(token)))
    expect(sessions.every((session) => session?.userId === USER_ID && session.via === 'cookie' && session.sessionId === null)).toBe(true)
    expect(issuer.requests()).toBe(1)
  })

  it('is not asked for what is obviously no token of its', async () => {
    await using issuer = await openIssuer(answerWith(await keySet({ k1: first })))
    await expect(issuer.ask('eyJhbGciOiJub25lIn0.e30.')).rejects.toMatchObject(invalid)
    await expect(issuer.ask('not a token')).rejects.toMatchObject(invalid)
    expect(issuer.requests()).toBe(0)
  })

  it('is asked again after ten minutes', async () => {
    await using issuer = await openIssuer(answerWith(await keySet({ k1: first })))
    await issuer.ask(await issuer.token(first, 'k1'))
    issuer.pass(10 * MINUTE + 1)
    await issuer.ask(await issuer.token(first, 'k1'))
    expect(issuer.requests()).toBe(2)
  })
})

describe('key rotation', () => {
  it('is noticed at the first token with the new key', async () => {
    await using issuer = await openIssuer(answerWith(await keySet({ k1: first })))
    await issuer.ask(await issuer.token(first, 'k1'))
    issuer.answer(answerWith(await keySet({ k1: first, k2: second })))
    issuer.pass(31_000)
    expect(await issuer.ask(await issuer.token(second, 'k2'))).toMatchObject({ userId: USER_ID })
    expect(issuer.requests()).toBe(2)
  })

  it('refuses the old key once the set without it was read', async () => {
    await using issuer = await openIssuer(answerWith(await keySet({ k1: first })))
    const old = await issuer.token(first, 'k1')
    await issuer.ask(old)
    issuer.answer(answerWith(await keySet({ k2: second })))
    issuer.pass(11 * MINUTE)
    await expect(issuer.ask(old)).rejects.toMatchObject(invalid)
  })

  it('cannot be provoked: a flood of unknown key ids is one request per cooldown', async () => {
    await using issuer = await openIssuer(answerWith(await keySet({ k1: first })))
    await issuer.ask(await issuer.token(first, 'k1'))
    issuer.pass(31_000)
    for (let index = 0; index < 20; index += 1) {
      await expect(issuer.ask(await issuer.token(second, `made-up-${index}`))).rejects.toMatchObject(invalid)
    }
    expect(issuer.requests()).toBe(2)
  })

  it('does not take a key of somebody else under a known id', async () => {
    await using issuer = await openIssuer(answerWith(await keySet({ k1: first })))
    await expect(issuer.ask(await issuer.token(second, 'k1'))).rejects.toMatchObject(invalid)
  })
})

describe('an issuer out of order makes the service unavailable, never the token invalid', () => {
  const cases: readonly (readonly [string, RequestListener])[] = [
    ['answers 500', answerWith('{}', 500)],
    ['answers 404', answerWith('{"keys":[]}', 404)],
    ['redirects', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['sends no JSON', answerWith('<html>')],
    ['sends no key set', answerWith('{"key":[]}')],
    ['sends keys that are no list', answerWith('{"keys":{"0":{}}}')],
    ['sends keys that are no objects', answerWith('{"keys":[1]}')],
    ['sends no keys', answerWith('{"keys":[]}')],
    ['sends a thousand keys', answerWith(JSON.stringify({ keys: Array.from({ length: 1000 }, () => ({ kty: 'EC' })) }))],
    ['sends a megabyte', answerWith(JSON.stringify({ keys: [], padding: 'x'.repeat(1 << 20) }))],
    ['never answers', () => undefined],
    ['never ends its answer', (_, response) => void response.writeHead(200).write('{"keys":[')],
    ['hangs up', (request) => void request.socket.destroy()],
  ]

  it.each(cases)('%s', async (_, listener) => {
    await using issuer = await openIssuer(listener)
    const token = await issuer.token(first, 'k1')
    await expect(issuer.ask(token)).rejects.toMatchObject(unavailable)
    await expect(issuer.ask(token)).rejects.toMatchObject(unavailable)
    expect(issuer.requests()).toBe(1)

    issuer.answer(answerWith(await keySet({ k1: first })))
    issuer.pass(3_001)
    expect(await issuer.ask(token)).toMatchObject({ userId: USER_ID })
  })

  it('stops reading at the bound, however much is sent', async () => {
    let sentOctets = 0
    const flood: RequestListener = (_, response) => {
      response.writeHead(200)
      const chunk = Buffer.alloc(65_536, ' ')
      const send = (): void => {
        while (!response.destroyed && response.write(chunk)) sentOctets += chunk.length
      }
      response.on('drain', send)
      send()
    }
    await using issuer = await openIssuer(flood)
    await expect(issuer.ask(await issuer.token(first, 'k1'))).rejects.toMatchObject(unavailable)
    expect(sentOctets).toBeLessThan(64 << 20)
  })
})

describe('an issuer that goes down later', () => {
  it('is believed for its last keys, and for six hours', async () => {
    await using issuer = await openIssuer(answerWith(await keySet({ k1: first })))
    await issuer.ask(await issuer.token(first, 'k1'))
    issuer.answer(answerWith('', 503))

    issuer.pass(5 * HOUR)
    expect(await issuer.ask(await issuer.token(first, 'k1'))).toMatchObject({ userId: USER_ID })
    issuer.pass(2 * HOUR)
    await expect(issuer.ask(await issuer.token(first, 'k1'))).rejects.toMatchObject(unavailable)
  })

  it('leaves tokens with an unknown key undecided', async () => {
    await using issuer = await openIssuer(answerWith(await keySet({ k1: first })))
    await issuer.ask(await issuer.token(first, 'k1'))
    issuer.answer(answerWith('', 503))
    issuer.pass(31_000)
    await expect(issuer.ask(await issuer.token(second, 'k2'))).rejects.toMatchObject(unavailable)
  })
})
