import { z } from 'zod'
import { IdText, Uuid } from './ids.ts'

/** A key: `msk_` and 32 random octets in lower-case hex. */
export const API_KEY_PATTERN = /^msk_[0-9a-f]{64}$/u

/** How much of a key lists show, `msk_` included. What stays secret has 224 random bits. */
export const API_KEY_PREFIX_LENGTH = 12

export const ApiKeyScope = z.enum(['send', 'send:transactional', 'send:marketing']).meta({
  description: 'send: mail of any kind. send:transactional, send:marketing: mail of that kind alone.',
})
export type ApiKeyScope = z.infer<typeof ApiKeyScope>

/** For each scope, those that open what asks for it. Sending says of itself which kind it is, so each of the three opens `send`. */
const OPENED_BY: Readonly<Record<ApiKeyScope, readonly ApiKeyScope[]>> = {
  send: ['send', 'send:transactional', 'send:marketing'],
  'send:transactional': ['send', 'send:transactional'],
  'send:marketing': ['send', 'send:marketing'],
}

/** Tells whether a key with these scopes opens what asks for `needed`. */
export function opensScope(held: readonly ApiKeyScope[], needed: ApiKeyScope): boolean {
  return OPENED_BY[needed].some((scope) => held.includes(scope))
}

/** An API key as lists show it. Holds no secret. */
export const ApiKey = z.object({
  id: Uuid,
  name: z.string(),
  keyPrefix: z.string().meta({ description: 'The first characters of the key, to tell it from others.', examples: ['msk_0a1b2c3d'] }),
  scopes: z.array(ApiKeyScope),
  allowedAccountId: Uuid.nullable().meta({ description: 'The only account it sends from. Null: every account of its owner.' }),
  isActive: z.boolean().meta({ description: 'False: it was revoked or has expired, and opens nothing.' }),
  lastUsedAt: z.date().nullable().meta({ description: 'To within a minute. Null: never.' }),
  createdAt: z.date(),
  expiresAt: z.date().nullable().meta({ description: 'Null: it does not expire.' }),
  revokedAt: z.date().nullable().meta({ description: 'Null: it was not revoked.' }),
})
export type ApiKey = z.infer<typeof ApiKey>

/** A key that was just made. The only time the key itself is told. */
export const CreatedApiKey = ApiKey.extend({
  key: z.string().meta({ description: 'The key itself. It is told once, and cannot be read again.' }),
})
export type CreatedApiKey = z.infer<typeof CreatedApiKey>

const ONE_LINE = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u

/** Looked at before spaces around it are dropped: a line break in a name is no slip of typing. */
const keyName = z
  .string()
  .regex(ONE_LINE, 'A name must not contain line breaks or other control characters.')
  .trim()
  .min(1, 'Enter a name.')
  .max(80, 'A name has at most 80 characters.')
  .refine((value) => value.isWellFormed(), 'The name is not well-formed text.')
  .meta({ description: 'What the key is for: shown in lists.', examples: ['Order confirmations'] })

const keyScopes = z
  .array(ApiKeyScope)
  .min(1, 'Choose at least one scope.')
  .refine((scopes) => new Set(scopes).size === scopes.length, 'Name each scope once.')
  .meta({ description: 'What the key may be used for. Default: send.' })

const FAR_FUTURE = Date.UTC(10_000, 0, 1)

/** Stays text, so that what is sent and what is checked have one type. */
const keyExpiry = z.iso
  .datetime({ offset: true, error: 'Enter an ISO time such as 2027-01-15T10:00:00Z.' })
  .refine((value) => Date.parse(value) > Date.now(), 'The key must expire in the future.')
  .refine((value) => Date.parse(value) < FAR_FUTURE, 'Leave the time out for a key that does not expire.')

export const CreateApiKeyInput = z.strictObject({
  name: keyName,
  scopes: keyScopes.default(['send']),
  allowedAccountId: IdText.nullable()
    .optional()
    .meta({ description: 'The only account it may send from. Default: every account of its owner.' }),
  expiresAt: keyExpiry
    .nullable()
    .optional()
    .meta({ description: 'From then on the key opens nothing. Default: it does not expire.', examples: ['2027-01-15T10:00:00Z'] }),
})
export type CreateApiKeyInput = z.input<typeof CreateApiKeyInput>

/** An API key by id. */
export const ApiKeyRef = z.strictObject({ id: IdText.meta({ description: 'Id of the key.' }) })
export type ApiKeyRef = z.infer<typeof ApiKeyRef>
