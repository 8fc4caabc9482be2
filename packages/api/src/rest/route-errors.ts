import type { ErrorCode } from '@maildock/core'
import type { RestRoute } from './rest-route.ts'

const OF_AUTH: Record<RestRoute['auth'], readonly ErrorCode[]> = {
  public: [],
  session: ['session.missing', 'session.invalid', 'session.expired'],
  key: ['key.missing', 'key.invalid', 'key.revoked', 'key.expired', 'key.scope_missing'],
  service: ['service_key.invalid'],
}
const OF_BODY: readonly ErrorCode[] = ['request.malformed', 'validation.failed']
/** A path that cannot be decoded. */
const OF_PARAMS: readonly ErrorCode[] = ['request.malformed']
const OF_WRITE: readonly ErrorCode[] = ['request.origin_not_allowed', 'request.unsupported_media_type', 'request.too_large']
const OF_ALL: readonly ErrorCode[] = ['internal.error', 'service.unavailable']

/** Every code a route can answer with: its own, and those that its kind of route brings along. */
export function errorsOf({ auth, method, params, body, query, errors }: RestRoute): readonly ErrorCode[] {
  return [
    ...new Set([
      ...OF_AUTH[auth],
      ...errors,
      ...(body === undefined ? [] : OF_BODY),
      ...(params.length === 0 ? [] : OF_PARAMS),
      ...(query === undefined ? [] : (['validation.failed'] as const)),
      ...(method === 'GET' ? [] : OF_WRITE),
      ...OF_ALL,
    ]),
  ]
}
