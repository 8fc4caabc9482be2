import { ApiKey, ApiKeyRef, CreateApiKeyInput, CreatedApiKey } from '@maildock/core'
import { z } from 'zod'
import { restRoute, type RestRoute } from '../rest-route.ts'

const tag = 'Keys'
const KEY_EXAMPLE = {
  id: '01940000-0000-7000-8000-000000000004',
  name: 'Order confirmations',
  key_prefix: 'msk_0a1b2c3d',
  scopes: 'send:transactional',
  allowed_account_id: null,
  is_active: true,
  last_used_at: '2026-01-15T10:00:00Z',
  created_at: '2026-01-15T08:00:00Z',
  expires_at: null,
}

/** A key as the contract shows it: exactly these fields, and its scopes in one text. */
const ApiKeyListItem = ApiKey.omit({ revokedAt: true }).extend({
  scopes: z.string().meta({ description: 'Scopes, with a comma between them.', examples: ['send:transactional,send:marketing'] }),
})
/** The same, and the key itself. */
const CreatedKey = ApiKeyListItem.extend({ key: CreatedApiKey.shape.key })

function toListItem(key: ApiKey): typeof ApiKeyListItem._output {
  const { id, name, keyPrefix, scopes, allowedAccountId, isActive, lastUsedAt, createdAt, expiresAt } = key
  return { id, name, keyPrefix, scopes: scopes.join(','), allowedAccountId, isActive, lastUsedAt, createdAt, expiresAt }
}

/** API keys, as the contract words them: what is sent is spelled in camelCase, what is answered in snake_case. */
export const KEYS_ROUTES: readonly RestRoute[] = [
  restRoute({
    method: 'GET',
    path: '/api/v1/keys',
    procedure: 'keys.list',
    type: 'query',
    summary: 'List API keys',
    description: 'Active ones first, then those that were revoked or have expired, each newest first; at most 500.',
    tag,
    auth: 'session',
    response: z.object({ keys: z.array(ApiKeyListItem) }),
    toBody: (keys) => ({ keys: keys.map(toListItem) }),
    examples: { response: { keys: [KEY_EXAMPLE] } },
  }),
  restRoute({
    method: 'POST',
    path: '/api/v1/keys',
    procedure: 'keys.create',
    type: 'mutation',
    summary: 'Create an API key',
    description: 'The answer holds the key itself, this once: only a hash of it is stored.',
    tag,
    auth: 'session',
    body: CreateApiKeyInput,
    bodySpelling: 'camelCase',
    response: CreatedKey,
    toBody: (created) => ({ ...toListItem(created), key: created.key }),
    status: 201,
    errors: ['key.quota_reached', 'account.not_found'],
    examples: {
      request: { name: 'Order confirmations', scopes: ['send:transactional'], expiresAt: '2099-01-15T10:00:00Z' },
      response: {
        ...KEY_EXAMPLE,
        last_used_at: null,
        expires_at: '2099-01-15T10:00:00Z',
        key: 'msk_0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9',
      },
    },
  }),
  restRoute({
    method: 'DELETE',
    path: '/api/v1/keys',
    procedure: 'keys.revoke',
    operationId: 'keys_revoke_by_query',
    type: 'mutation',
    summary: 'Revoke an API key named in the query',
    description: 'The same as with the id in the path.',
    tag,
    auth: 'session',
    query: ApiKeyRef,
    response: z.object({}),
    toBody: () => ({}),
    errors: ['key.not_found'],
    examples: { response: {} },
  }),
  restRoute({
    method: 'DELETE',
    path: '/api/v1/keys/{id}',
    procedure: 'keys.revoke',
    type: 'mutation',
    summary: 'Revoke an API key',
    description: 'It opens nothing from the next request on, and cannot be made active again. Revoking it again changes nothing.',
    tag,
    auth: 'session',
    response: z.object({}),
    toBody: () => ({}),
    errors: ['key.not_found'],
    examples: { response: {} },
  }),
]
