import { z } from 'zod'
import type { ErrorCode } from './error-catalogue.ts'
import { MAIL_PROTOCOLS } from './mail-server.ts'

/** How far a verification came before it failed. */
export const VerificationStage = z.enum(['dns', 'connect', 'greeting', 'tls', 'auth', 'ready'])
export type VerificationStage = z.infer<typeof VerificationStage>

/** The codes with which a server can fail its verification, a part of the error catalogue. */
export const VERIFICATION_CODES = [
  'host.not_found',
  'host.not_allowed',
  'host.unreachable',
  'host.timeout',
  'tls.unsupported',
  'tls.certificate_invalid',
  'protocol.unexpected_greeting',
  'imap.authentication_failed',
  'smtp.authentication_failed',
  'imap.app_password_required',
  'imap.disabled',
  'upstream.rate_limited',
  'upstream.unavailable',
] as const satisfies readonly ErrorCode[]
export type VerificationCode = (typeof VERIFICATION_CODES)[number]

/** One server that could not be verified. Everything in it may be shown to the user. */
export const VerificationFailure = z.object({
  code: z.enum(VERIFICATION_CODES),
  protocol: z.enum(MAIL_PROTOCOLS),
  stage: VerificationStage,
  /** One sentence: what to do now. */
  hint: z.string(),
  /** The server's own words: one clean line of at most 200 characters, secrets removed. */
  serverResponse: z.string().optional(),
})
export type VerificationFailure = z.infer<typeof VerificationFailure>

/** Public details of a failed connect: the first failure, and both when both servers failed. */
export interface VerificationDetails extends Omit<VerificationFailure, 'code'> {
  readonly failures?: readonly VerificationFailure[]
}
