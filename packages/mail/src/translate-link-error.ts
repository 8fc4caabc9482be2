import type { MailProtocol, VerificationStage } from '@maildock/core'
import { classifyLinkFailure } from './classify-link-failure.ts'
import { classifyRefusal, findBackoffMs } from './classify-refusal.ts'
import { findMailProvider } from './discovery/mail-provider.ts'
import { EgressRefusal, ResolutionFailure } from './egress/egress-refusal.ts'
import { judge, type FaultReason } from './fault-reason.ts'
import { findHint } from './hint.ts'
import { toLoggableCause } from './loggable-cause.ts'
import { MailFault } from './mail-fault.ts'
import { NoPasswordLogin, ServerRefusal, TlsNotOffered, type RefusalFacts } from './refusal.ts'
import { toPublicResponse } from './scrub-secrets.ts'
import { ConnectionLost, ProtocolViolation } from './wire/line-stream.ts'

/** What is known about an attempt when it fails. */
export interface FaultContext {
  readonly host: string
  readonly stage: VerificationStage
  /** Our own deadline ended it: then no error says more. */
  readonly timedOut: boolean
  /** Of listSecretForms. */
  readonly secretForms: readonly string[]
}

/** A reason, with the server's own words where it said any. */
interface Explanation {
  readonly reason: FaultReason
  readonly said?: string | undefined
}

/** An error, and where it came up. */
interface Failure {
  readonly protocol: MailProtocol
  readonly context: FaultContext
  readonly cause: unknown
}

/**
 * What both protocols have in common: the errors of our own dialogue, of sockets, names and TLS. The library's errors are given as facts by
 * translate-imap-error and translate-smtp-error.
 */
export function translateLinkError(error: unknown, protocol: MailProtocol, context: FaultContext): MailFault {
  return makeFault(explain(error, context), { protocol, context, cause: error })
}

/** A fault from what a server refused with. */
export function translateRefusal(facts: RefusalFacts, failure: Failure): MailFault {
  const { stage, host } = failure.context
  const reason = classifyRefusal({ ...facts, stage, provider: findMailProvider(host) })
  return makeFault({ reason, said: describeRefusal(facts) }, failure)
}

function explain(error: unknown, { stage, timedOut, host }: FaultContext): Explanation {
  if (timedOut) return { reason: 'timeout' }
  if (error instanceof EgressRefusal) return { reason: error.reason === 'malformed' ? 'host_unknown' : 'host_refused' }
  if (error instanceof ResolutionFailure) return { reason: 'host_unknown' }
  if (error instanceof TlsNotOffered)
    return { ...explain(error.cause, { stage, timedOut, host, secretForms: [] }), reason: 'tls_not_offered' }
  if (error instanceof NoPasswordLogin) return { reason: 'no_password_login' }
  // What is no mail server may be anything on a network we were let into; its words are not for the user.
  if (error instanceof ProtocolViolation)
    return { reason: 'nonsense', said: stage === 'auth' || stage === 'ready' ? error.said : undefined }
  if (error instanceof ServerRefusal) {
    return { reason: classifyRefusal({ ...error.facts, stage, provider: findMailProvider(host) }), said: describeRefusal(error.facts) }
  }
  if (error instanceof ConnectionLost && error.cause === undefined) return { reason: 'lost' }
  return { reason: classifyLinkFailure(stage, findErrorCode(error)) }
}

/** The code of a system or OpenSSL error, through the errors it caused. */
function findErrorCode(error: unknown): string {
  let current: unknown = error
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    if ('code' in current && typeof current.code === 'string') return current.code
    current = current.cause
  }
  return ''
}

function describeRefusal(facts: RefusalFacts): string {
  const code = facts.responseCode === undefined ? '' : `[${facts.responseCode}]`
  return [facts.responseStatus, facts.replyCode, facts.enhancedStatus, code, facts.text]
    .filter((part) => part !== undefined && part !== '')
    .join(' ')
}

function makeFault({ reason, said }: Explanation, { protocol, context, cause }: Failure): MailFault {
  const { code, class: faultClass } = judge(reason, protocol, context.stage)
  return new MailFault({
    code,
    stage: context.stage,
    class: faultClass,
    hint: findHint(reason, context.host),
    serverResponse: said === undefined ? undefined : toPublicResponse(said, context.secretForms),
    retryAfterMs: said !== undefined && faultClass === 'throttle' ? findBackoffMs(said) : undefined,
    cause: toLoggableCause(cause, context.secretForms),
  })
}
