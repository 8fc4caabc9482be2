import { ERROR_CODES, ERROR_KINDS } from '@maildock/core'
import { describe, expect, it } from 'vitest'
import { httpStatusOf, TRPC_CODE_BY_KIND, trpcCodeOf } from './error-table.ts'

describe('the table of error kinds', () => {
  it('maps every kind, each to a code of its own', () => {
    expect(new Set(Object.values(TRPC_CODE_BY_KIND)).size).toBe(ERROR_KINDS.length)
  })

  it('gives every code of the catalogue a status of its range', () => {
    for (const code of ERROR_CODES) expect(httpStatusOf(code)).toSatisfy((status: number) => status >= 400 && status < 600)
  })

  it.each([
    ['imap.authentication_failed', 400],
    ['session.missing', 401],
    ['account.quota_reached', 403],
    ['account.last_default_in_use', 403],
    ['account.not_found', 404],
    ['route.method_not_allowed', 405],
    ['account.already_connected', 409],
    ['request.too_large', 413],
    ['request.unsupported_media_type', 415],
    ['verification.busy', 429],
    ['internal.error', 500],
    ['service.unavailable', 503],
  ] as const)('%s is %i, as the contract says', (code, status) => {
    expect(httpStatusOf(code)).toBe(status)
    expect(trpcCodeOf(code)).toMatch(/^[A-Z_]+$/u)
  })
})
