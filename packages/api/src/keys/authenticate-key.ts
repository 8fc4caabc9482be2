import { timingSafeEqual } from 'node:crypto'
import { API_KEY_PATTERN, MaildockError, type ApiKeyScope, type Uuid } from '@maildock/core'
import type { ApiDeps } from '../api-deps.ts'
import { readBearer } from '../http/read-bearer.ts'
import { hashApiKey } from './api-key-secret.ts'

/** What an API key says about who is asking. */
export interface AuthenticatedKey {
  readonly keyId: Uuid
  readonly userId: Uuid
  readonly scopes: readonly ApiKeyScope[]
  /** The only account it may send from. Null: every account of the user. */
  readonly allowedAccountId: Uuid | null
  /** The plan of the user as a session told it last (docs/adr/0023); null means the configured default. For `planLimitsOf`. */
  readonly plan: string | null
}

interface FoundKey extends AuthenticatedKey {
  readonly keyHash: Buffer
  readonly revoked: boolean
  readonly expired: boolean
  readonly markDue: boolean
}

/** By the unique index of hashes, prepared once per connection. Times are compared by the database: one clock for all processes. */
const FIND = {
  name: 'api-find-key',
  text: `select id as "keyId", user_id as "userId", scopes, allowed_account_id as "allowedAccountId", plan, key_hash as "keyHash",
    revoked_at is not null as revoked, coalesce(expires_at <= now(), false) as expired,
    coalesce(last_used_at <= now() - interval '1 minute', true) as "markDue"
    from api_key where key_hash = $1`,
}

/** Requests that find the mark due at the same time do not wait for each other: one of them writes it. */
const MARK_USED = {
  name: 'api-mark-key-used',
  text: `update api_key set last_used_at = now() where id = (
    select id from api_key where id = $1 and coalesce(last_used_at <= now() - interval '1 minute', true) for update skip locked)`,
}

/**
 * The API key of a request, from its header `Authorization: Bearer msk_…`; null without a Bearer token. What is no key by its form costs no read,
 * any other one indexed read and, at most once a minute for each key, one write of when it was used last.
 *
 * Timing tells nothing: the index is searched by a hash whose digits nobody can choose, and what was found is compared in constant time. That a
 * key was revoked or has expired is told to who has all of it, and to nobody else.
 * @throws MaildockError key.invalid, key.revoked, key.expired; service.unavailable when it cannot be decided now
 */
export async function authenticateKey(
  deps: Pick<ApiDeps, 'database' | 'logger'>,
  authorizationHeader: string | undefined,
): Promise<AuthenticatedKey | null> {
  const presented = readBearer(authorizationHeader)
  if (presented === null) return null
  if (!API_KEY_PATTERN.test(presented)) throw new MaildockError('key.invalid')
  const found = await findKey(deps, hashApiKey(presented))
  if (found === null) throw new MaildockError('key.invalid')
  if (found.revoked) throw new MaildockError('key.revoked')
  if (found.expired) throw new MaildockError('key.expired')
  if (found.markDue) await markUsed(deps, found.keyId)
  const { keyId, userId, scopes, allowedAccountId, plan } = found
  return { keyId, userId, scopes, allowedAccountId, plan }
}

async function findKey({ database }: Pick<ApiDeps, 'database'>, hash: Buffer): Promise<FoundKey | null> {
  const { rows } = await database.pool.query<FoundKey>({ ...FIND, values: [hash] }).catch((cause: unknown) => {
    throw new MaildockError('service.unavailable', { cause })
  })
  return rows.find(({ keyHash }) => timingSafeEqual(keyHash, hash)) ?? null
}

/** Housekeeping: if it fails, the key is as good as before. */
async function markUsed({ database, logger }: Pick<ApiDeps, 'database' | 'logger'>, keyId: Uuid): Promise<void> {
  try {
    await database.pool.query({ ...MARK_USED, values: [keyId] })
  } catch (error) {
    logger.warn({ keyId, reason: error instanceof Error ? error.name : 'unknown' }, 'An API key could not be marked as used.')
  }
}
