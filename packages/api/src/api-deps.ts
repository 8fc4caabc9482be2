import type { Logger, Plans } from '@maildock/core'
import type { EgressPolicy, VerifyMailServers } from '@maildock/mail'
import type { SessionGate } from './session-gate.ts'

/** Everything the API is handed. It reads no environment and opens nothing by itself. */
export interface ApiDeps {
  readonly egress: EgressPolicy
  /** The port through which other people's servers are verified. */
  readonly verify: VerifyMailServers
  readonly sessions: SessionGate
  readonly plans: Plans
  /** Plan of a session that names none, or one that is not configured. */
  readonly defaultPlan: string
  /** Keys of internal services. None: the internal procedures are closed. */
  readonly serviceKeys: readonly string[]
  /** Where browsers reach this process, without a trailing slash. Its origin may always make changes. */
  readonly publicUrl: string
  /** Further origins whose pages may make changes with a session cookie. */
  readonly allowedOrigins: readonly string[]
  readonly logger: Logger
}
