import type { ErrorCode } from '@maildock/core'
import type { Purpose } from './plan-admission.ts'

/** Who wants to connect, where to, what for, and how soon. */
export interface AdmissionRequest {
  /** Name and port, in one spelling. */
  readonly host: string
  readonly accountId: string
  readonly purpose: Purpose
  /** A person waits for it. */
  readonly urgent?: boolean
  /** How long to wait for a turn. Default: for ever. */
  readonly patienceMs?: number
}

/**
 * The right to open one connection to a host. Tell that it is tried, and how it went; disposing ends the connection's count, or the attempt. What was not tried
 * is given back: if the host is down, another account is tried at once.
 */
export interface Admission extends Disposable {
  readonly admitted: true
  /** The host is being tried. */
  begun(): void
  opened(): void
  /** The host told who may not sign in: it is well, and nothing was opened. */
  answered(): void
  failed(code: ErrorCode, early: boolean): void
  refused(retryAfterMs?: number): void
}

/** down: the host is not tried for now, `code` says why. full: it has as many connections as it allows. busy: no turn within the patience. */
export interface HostRefusal {
  readonly admitted: false
  readonly because: 'down' | 'full' | 'busy'
  readonly code: ErrorCode
  readonly retryAfterMs: number
}

const BUSY_AGAIN_MS = 10_000

/** A refusal. Without a code the host is unavailable; by default it is asked again after 10 s. */
export function refuse(
  because: HostRefusal['because'],
  { code = null, retryAfterMs = BUSY_AGAIN_MS }: { readonly code?: ErrorCode | null; readonly retryAfterMs?: number } = {},
): HostRefusal {
  return { admitted: false, because, code: code ?? 'upstream.unavailable', retryAfterMs }
}
