import { MaildockError, type Logger } from '@maildock/core'
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { fetchJwks } from './fetch-jwks.ts'

export interface JwksSourceOptions {
  readonly url: URL
  readonly logger: Logger
  /** Default 5 s for the whole answer. */
  readonly timeoutMs?: number
  /** Keys are read anew after this. Default 10 minutes. */
  readonly maxAgeMs?: number
  /** At most one read per this time: tokens with made-up key ids must not become requests. Default 30 s. */
  readonly cooldownMs?: number
  /** The same after a failed read. Default 3 s. */
  readonly retryMs?: number
  /** How long known keys are believed while the issuer is out of reach. Default 6 hours. */
  readonly maxStaleMs?: number
  readonly now?: () => Date
}

interface KnownKeys {
  readonly find: ReturnType<typeof createLocalJWKSet>
  readonly readAt: number
}

const DEFAULTS = { timeoutMs: 5_000, maxAgeMs: 600_000, cooldownMs: 30_000, retryMs: 3_000, maxStaleMs: 6 * 3_600_000 }

/**
 * The public keys of an issuer (RFC 7517), read from its JWKS URL when first needed, kept, and read anew when they are old or a token
 * names a key that is not among them. One request at a time. Neither a failure nor a flood of unknown key ids makes more than one
 * request per pause. While the issuer is down the last keys stay good; without any, the answer is "unavailable", never "not valid".
 */
export function createJwksSource(options: JwksSourceOptions): JWTVerifyGetKey {
  const { timeoutMs, maxAgeMs, cooldownMs, retryMs, maxStaleMs } = { ...DEFAULTS, ...withoutUndefined(options) }
  const now = options.now ?? (() => new Date())
  let known: KnownKeys | undefined
  let triedAt = Number.NEGATIVE_INFINITY
  let failure: unknown
  let pending: Promise<void> | undefined

  async function read(): Promise<void> {
    triedAt = now().getTime()
    try {
      const keySet: JSONWebKeySet = await fetchJwks(options.url, timeoutMs)
      known = { find: createLocalJWKSet(keySet), readAt: now().getTime() }
      failure = undefined
    } catch (error) {
      failure = error
      options.logger.warn(
        { reason: error instanceof Error ? error.message : 'unknown' },
        'The keys of the session issuer could not be read.',
      )
    } finally {
      pending = undefined
    }
  }

  async function readUnlessCooling(): Promise<void> {
    const pauseMs = failure === undefined ? cooldownMs : retryMs
    if (pending === undefined && now().getTime() - triedAt < pauseMs) return
    pending ??= read()
    await pending
  }

  function usable(): KnownKeys {
    if (known === undefined || now().getTime() - known.readAt > maxAgeMs + maxStaleMs) {
      throw new MaildockError('service.unavailable', { cause: failure ?? new Error('the keys of the session issuer were not read yet') })
    }
    return known
  }

  return async (header, token) => {
    if (known === undefined || now().getTime() - known.readAt > maxAgeMs) await readUnlessCooling()
    const before = usable()
    try {
      return await before.find(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      await readUnlessCooling()
      const after = usable()
      // The key may be new, and the issuer could not be asked: nothing is known about the token.
      if (after === before && failure !== undefined) throw new MaildockError('service.unavailable', { cause: failure })
      return await after.find(header, token)
    }
  }
}

function withoutUndefined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
