import type { MailServer, TlsMode, VerificationFailure } from '@maildock/core'
import type { EgressPolicy } from '../egress/egress-policy.ts'

/** A server as a person names it. Without `tls` the port decides, or both modes are tried (planTlsModes). */
export interface MailServerLogin {
  readonly host: string
  readonly port: number
  readonly tls?: TlsMode | undefined
  readonly username: string
  readonly password: string
}

export interface VerifyMailServersInput {
  readonly imap: MailServerLogin
  readonly smtp: MailServerLogin
}

export interface VerifyMailServersOptions {
  readonly egress: EgressPolicy
  readonly signal?: AbortSignal | undefined
  /** For both servers together. Default 15 000. */
  readonly deadlineMs?: number | undefined
}

/** Both servers as settled (the TLS mode that worked, the host in its normal form), or every failure, IMAP first. */
export type MailServersVerification =
  | { readonly ok: true; readonly imap: MailServer; readonly smtp: MailServer }
  | { readonly ok: false; readonly failures: readonly [VerificationFailure, ...VerificationFailure[]] }

/** The port through which the API verifies; `verifyMailServers` is its implementation. */
export type VerifyMailServers = (input: VerifyMailServersInput, options: VerifyMailServersOptions) => Promise<MailServersVerification>
