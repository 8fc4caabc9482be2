import { isUuid, MaildockError, toDisplayLine, type Uuid } from '@maildock/core'
import type { JWTPayload } from 'jose'

/** What of a verified token counts. Everything else in it is ignored, `user_metadata` above all: its owner may edit that. */
export interface SessionClaims {
  readonly userId: Uuid
  /** For display only: nobody proved it to us. */
  readonly email: string | null
  /** From `app_metadata`, which only the issuer may write. */
  readonly plan: string | null
  readonly sessionId: Uuid | null
  readonly expiresAt: Date
}

export interface LifetimeRule {
  /** The longest time between `iat` (or now, where there is none) and `exp`. */
  readonly maxLifetimeSeconds: number
  readonly clockToleranceSeconds: number
}

/** The keys a Supabase project hands to programs, not to people: they are signed like sessions and valid for ten years. */
const PROGRAM_ROLES: ReadonlySet<unknown> = new Set(['anon', 'service_role', 'supabase_admin'])
const MAX_EMAIL_LENGTH = 254
const MAX_PLAN_LENGTH = 50

/**
 * Reads the claims of a token whose signature, issuer, audience and times were already checked.
 * @throws MaildockError session.invalid
 */
export function parseSessionClaims(payload: JWTPayload, rule: LifetimeRule, now: Date): SessionClaims {
  if (PROGRAM_ROLES.has(payload['role'])) {
    throw refused('the token belongs to a program, not to a person')
  }
  if (!isUuid(payload.sub)) {
    throw refused('sub is not a UUID')
  }
  return {
    userId: payload.sub.toLowerCase(),
    email: parseText(payload['email'], MAX_EMAIL_LENGTH),
    plan: parsePlan(payload['app_metadata']),
    sessionId: isUuid(payload['session_id']) ? payload['session_id'].toLowerCase() : null,
    expiresAt: new Date(parseExpiry(payload, rule, now) * 1000),
  }
}

function parseExpiry(payload: JWTPayload, rule: LifetimeRule, now: Date): number {
  const nowSeconds = now.getTime() / 1000
  const { exp, iat } = payload
  if (exp === undefined || !Number.isFinite(exp)) {
    throw refused('exp is missing')
  }
  if (iat !== undefined && iat > nowSeconds + rule.clockToleranceSeconds) {
    throw refused('iat is in the future')
  }
  if (exp - (iat ?? nowSeconds) > rule.maxLifetimeSeconds + rule.clockToleranceSeconds) {
    throw refused('the token is meant to live longer than is allowed here')
  }
  return exp
}

function parsePlan(appMetadata: unknown): string | null {
  if (typeof appMetadata !== 'object' || appMetadata === null || !Object.hasOwn(appMetadata, 'plan')) return null
  return parseText((appMetadata as { readonly plan: unknown }).plan, MAX_PLAN_LENGTH)
}

function parseText(value: unknown, maxLength: number): string | null {
  return typeof value === 'string' && value !== '' && value.length <= maxLength ? toDisplayLine(value, maxLength) : null
}

function refused(why: string): MaildockError {
  return new MaildockError('session.invalid', { cause: new Error(why) })
}
