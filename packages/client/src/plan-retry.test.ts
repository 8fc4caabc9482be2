import { describe, expect, test } from 'vitest'
import { MaildockError } from './maildock-error.ts'
import { planReconnect, planRetry } from './plan-retry.ts'

const failure = (code: string, httpStatus?: number, retryAfterSeconds?: number): MaildockError =>
  new MaildockError(code, 'A sentence.', { httpStatus, retryAfterSeconds })

const first = { repeatable: true, attempt: 1, retries: 2, random: 0.5 } as const

function waitAt(attempt: number, random: number): number | null {
  return planRetry({ ...first, attempt, random, retries: 100, error: failure('client.network') })
}

describe('planRetry', () => {
  test.each([
    ['an unreachable server', failure('client.network')],
    ['429', failure('rate.limited', 429)],
    ['502 of a proxy', failure('client.unexpected_response', 502)],
    ['503', failure('service.unavailable', 503)],
    ['409 of a message that is under way', failure('idempotency.in_progress', 409)],
    ['504 of a proxy', failure('client.unexpected_response', 504)],
  ])('repeats a query after %s', (_, error) => {
    expect(planRetry({ ...first, error })).toBe(250)
  })

  test.each([
    ['a passed deadline', failure('client.timeout')],
    ['a failed token function', failure('client.token_failed')],
    ['an answer that is no JSON', failure('client.unexpected_response', 200)],
    ['400', failure('validation.failed', 400)],
    ['401', failure('session.expired', 401)],
    ['404', failure('account.not_found', 404)],
    ['500: it would fail the same way', failure('internal.error', 500)],
  ])('does not repeat a query after %s', (_, error) => {
    expect(planRetry({ ...first, error })).toBeNull()
  })

  test('never repeats what is not repeatable', () => {
    const once = { ...first, repeatable: false }
    expect(planRetry({ ...once, error: failure('client.network') })).toBeNull()
    expect(planRetry({ ...once, error: failure('rate.limited', 429, 1) })).toBeNull()
    expect(planRetry({ ...once, error: failure('service.unavailable', 503, 1) })).toBeNull()
  })

  test('stops after the given number of retries', () => {
    expect(planRetry({ ...first, attempt: 2, error: failure('client.network') })).not.toBeNull()
    expect(planRetry({ ...first, attempt: 3, error: failure('client.network') })).toBeNull()
    expect(planRetry({ ...first, retries: 0, error: failure('client.network') })).toBeNull()
  })

  test('doubles the ceiling of the wait up to four seconds, and spreads the wait below it', () => {
    expect([1, 2, 3, 4, 5, 50].map((attempt) => waitAt(attempt, 0.5))).toEqual([250, 500, 1000, 2000, 2000, 2000])
    expect(waitAt(1, 0)).toBe(0)
  })

  test('waits at least as long as the server asks', () => {
    expect(planRetry({ ...first, random: 0, error: failure('rate.limited', 429, 3) })).toBe(3000)
    expect(planRetry({ ...first, random: 0.9, error: failure('rate.limited', 429, 3) })).toBeGreaterThan(3000)
  })

  test('tells the caller rather than keep them waiting for long', () => {
    expect(planRetry({ ...first, error: failure('rate.limited', 429, 11) })).toBeNull()
  })
})

describe('planReconnect', () => {
  test.each([
    ['a broken connection', failure('client.network')],
    ['a token function without network', failure('client.token_failed')],
    ['a proxy without a server behind it', failure('client.unexpected_response', 502)],
    ['a server that is stopping', failure('service.unavailable', 503)],
    ['an internal error', failure('internal.error', 500)],
    ['too many requests', failure('rate.limited', 429)],
  ])('comes back after %s', (_, error) => {
    expect(planReconnect(1, error, 0)).toBe(250)
  })

  test.each([
    ['a session that is over', failure('session.expired', 401)],
    ['a refusal', failure('request.origin_not_allowed', 403)],
    ['an unknown address', failure('route.not_found', 404)],
    ['something that is no event stream', failure('client.unexpected_response', 200)],
    ['a redirect a browser hides', failure('client.unexpected_response', 0)],
    ['a fault of this package', failure('client.unexpected')],
  ])('gives up after %s', (_, error) => {
    expect(planReconnect(1, error, 0)).toBeNull()
  })

  test('waits longer after each failure, up to half a minute', () => {
    const waits = [1, 2, 3, 6, 7, 1000].map((failures) => planReconnect(failures, failure('client.network'), 1))
    expect(waits).toEqual([500, 1000, 2000, 16_000, 30_000, 30_000])
  })

  test('waits as long as the server asks, five minutes at most', () => {
    expect(planReconnect(1, failure('service.unavailable', 503, 60), 0)).toBe(60_250)
    expect(planReconnect(1, failure('service.unavailable', 503, 86_400), 0)).toBe(300_250)
  })
})
