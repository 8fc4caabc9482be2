import type { MailServer } from '@maildock/core'
import type { EgressPolicy } from '../egress/egress-policy.ts'

/** One server with its TLS mode settled, and the credentials to try. */
export interface AttemptInput {
  readonly server: MailServer
  readonly username: string
  readonly password: string
}

export interface AttemptOptions {
  readonly egress: EgressPolicy
  readonly signal: AbortSignal
  readonly deadlineMs: number
}

/** Proves that a server accepts credentials, or throws a MailFault. */
export type Attempt = (input: AttemptInput, options: AttemptOptions) => Promise<void>
