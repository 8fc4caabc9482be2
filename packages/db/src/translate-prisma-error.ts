import { MaildockError } from '@maildock/core'

/** What a failed statement means. `transient`: the same statement may succeed in a moment. */
export type DatabaseFailureKind =
  | 'unique_violation'
  | 'foreign_key_violation'
  | 'check_violation'
  | 'not_found'
  | 'write_conflict'
  | 'timeout'
  | 'unavailable'
  | 'read_only'
  | 'out_of_space'
  | 'other'

export interface DatabaseFailure {
  readonly kind: DatabaseFailureKind
  /** SQLSTATE, Prisma code or socket code, whichever was there. */
  readonly code: string
  /** Name of the violated constraint, where there is one. */
  readonly constraint: string | null
}

/** Codes by prefix, the longest first: SQLSTATE (PostgreSQL appendix A), Prisma (P…), Node's sockets (E…). */
const KIND_BY_PREFIX: readonly (readonly [string, DatabaseFailureKind])[] = [
  ['23505', 'unique_violation'],
  ['P2002', 'unique_violation'],
  ['23503', 'foreign_key_violation'],
  ['P2003', 'foreign_key_violation'],
  ['23514', 'check_violation'],
  ['P2004', 'check_violation'],
  ['P2001', 'not_found'],
  ['P2025', 'not_found'],
  ['40001', 'write_conflict'],
  ['40P01', 'write_conflict'],
  ['P2034', 'write_conflict'],
  ['57014', 'timeout'],
  ['55P03', 'timeout'],
  ['P1008', 'timeout'],
  ['P2028', 'timeout'],
  ['P2024', 'timeout'],
  ['25006', 'read_only'],
  ['25P03', 'unavailable'],
  ['53100', 'out_of_space'],
  ['57P', 'unavailable'],
  ['53', 'unavailable'],
  ['08', 'unavailable'],
  ['P1001', 'unavailable'],
  ['P1002', 'unavailable'],
  ['P1017', 'unavailable'],
  ['ECONN', 'unavailable'],
  ['EPIPE', 'unavailable'],
  ['ETIMEDOUT', 'unavailable'],
  ['ENOTFOUND', 'unavailable'],
  ['EAI_AGAIN', 'unavailable'],
  ['EHOSTUNREACH', 'unavailable'],
  ['ENETUNREACH', 'unavailable'],
]

/** Failures that pg reports without any code. */
const KIND_BY_MESSAGE: readonly (readonly [RegExp, DatabaseFailureKind])[] = [
  [/^Query read timeout$/u, 'timeout'],
  [/^timeout exceeded when trying to connect$/u, 'unavailable'],
  [/^Connection terminated/u, 'unavailable'],
  [/^Client has encountered a connection error and is not queryable$/u, 'unavailable'],
  [/^Client was closed and is not queryable$/u, 'unavailable'],
  [/^Cannot use a pool after calling end on the pool$/u, 'unavailable'],
]

const TRANSIENT: ReadonlySet<DatabaseFailureKind> = new Set(['write_conflict', 'timeout', 'unavailable', 'read_only', 'out_of_space'])

/** How deep causes are followed. Prisma wraps twice. */
const MAX_CAUSES = 5

/** Reads what Prisma, its adapter, pg or a socket threw. Null for an error that is none of theirs. */
export function readDatabaseError(error: unknown): DatabaseFailure | null {
  let current: unknown = error
  let best: DatabaseFailure | null = null
  for (let depth = 0; depth < MAX_CAUSES && isRecord(current); depth += 1) {
    const failure = readOne(current)
    // An inner error knows more: Prisma's raw queries say P2010 for everything, and the SQLSTATE is inside.
    if (failure !== null && (best === null || failure.kind !== 'other')) best = merge(failure, best)
    current = nextCause(current)
  }
  return best
}

/** Tells whether an error says that this unique constraint or index was violated. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const failure = readDatabaseError(error)
  return failure?.kind === 'unique_violation' && failure.constraint === constraint
}

/** Tells whether the same work may succeed when it is done again in a moment. */
export function isTransientDatabaseError(error: unknown): boolean {
  const failure = readDatabaseError(error)
  return failure !== null && TRANSIENT.has(failure.kind)
}

/**
 * Makes a catalogue error of what the database threw: `service.unavailable` where waiting helps, else `internal.error`. A
 * MaildockError is returned as it is. Violated constraints that mean something to the caller are asked for with
 * `isUniqueViolation` before this. Null for an error that does not come from the database.
 */
export function translatePrismaError(error: unknown): MaildockError | null {
  if (error instanceof MaildockError) return error
  const failure = readDatabaseError(error)
  if (failure === null) return null
  return TRANSIENT.has(failure.kind)
    ? new MaildockError('service.unavailable', { cause: error, retryAfterSeconds: 1 })
    : new MaildockError('internal.error', { cause: error })
}

function readOne(error: Record<string, unknown>): DatabaseFailure | null {
  const code = [error['originalCode'], error['code']].find((value) => typeof value === 'string')
  const message = typeof error['originalMessage'] === 'string' ? error['originalMessage'] : error['message']
  const text = typeof message === 'string' ? message : ''
  if (code !== undefined && isDatabaseCode(code)) {
    const known = KIND_BY_PREFIX.find(([prefix]) => code.startsWith(prefix))
    return { kind: known?.[1] ?? 'other', code, constraint: readConstraint(error, text) }
  }
  const known = KIND_BY_MESSAGE.find(([pattern]) => pattern.test(text))
  return known === undefined ? null : { kind: known[1], code: 'none', constraint: null }
}

/** SQLSTATE: five capitals or digits. Prisma: P and four digits. Sockets: those of the table. */
function isDatabaseCode(code: string): boolean {
  return /^(?:[0-9A-Z]{5})$/u.test(code) || KIND_BY_PREFIX.some(([prefix]) => prefix.startsWith('E') && code.startsWith(prefix))
}

function readConstraint(error: Record<string, unknown>, text: string): string | null {
  const { constraint } = error
  if (typeof constraint === 'string') return constraint
  if (isRecord(constraint) && typeof constraint['index'] === 'string') return constraint['index']
  return /constraint "([^"]+)"/u.exec(text)?.[1] ?? null
}

function nextCause(error: Record<string, unknown>): unknown {
  const { meta, cause } = error
  return isRecord(meta) && isRecord(meta['driverAdapterError']) ? meta['driverAdapterError'] : cause
}

function merge(inner: DatabaseFailure, outer: DatabaseFailure | null): DatabaseFailure {
  return { ...inner, constraint: inner.constraint ?? outer?.constraint ?? null }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
