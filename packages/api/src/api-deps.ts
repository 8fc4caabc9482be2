import type { Logger, Plans } from '@maildock/core'
import type { Database, LiveListener } from '@maildock/db'
import type { EgressPolicy, VerifyMailServers } from '@maildock/mail'
import type { Outbox } from '@maildock/outbox'
import type { Vault } from '@maildock/vault'
import type { SessionGate } from './session-gate.ts'

/** Everything the API is handed. It reads no environment and opens nothing by itself. */
export interface ApiDeps {
  readonly database: Database
  readonly vault: Vault
  readonly live: LiveListener
  readonly egress: EgressPolicy
  /** The port through which other people's servers are verified. Default: `verifyMailServers` of @maildock/mail. */
  readonly verify?: VerifyMailServers | undefined
  readonly sessions: SessionGate
  /** Makes the first attempts of what is accepted. Whoever made it closes it. */
  readonly outbox: Outbox
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
  /** Express's `trust proxy`: which proxies may tell the caller's address. Default none. */
  readonly trustProxy?: boolean | number | string | undefined
  /** Folder of the built dashboard. Absent: none is served. */
  readonly dashboardDir?: string | undefined
}
