import { findMailProvider, type MailProvider } from './mail-provider.ts'

/** How fast a submission server lets one account send, as its operator has published it. */
export interface SubmissionPace {
  /** Connections of one process at a time. */
  readonly connections: number
  /** Null: nothing is known but what the server says when it is too much. */
  readonly rate: SubmissionRate | null
}

/** In any minute `perMinute` and `burst` together, at most. */
export interface SubmissionRate {
  readonly perMinute: number
  /** Messages that may go at once. */
  readonly burst: number
}

const UNKNOWN: SubmissionPace = { connections: 2, rate: null }

/**
 * Only what an operator tells himself, and what an account can be held to without knowing what else sends for it. Limits by the day are not here: they count
 * recipients of all clients together, and differ by what was paid for; the server says when they are reached.
 */
const PACES: Readonly<Partial<Record<MailProvider, SubmissionPace>>> = {
  // Three connections for each mailbox, 30 messages a minute: https://learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements.
  // One for each process: requests and workers are several.
  microsoft: { connections: 1, rate: { perMinute: 25, burst: 5 } },
}

/** The pace of the server behind a name. Pure. */
export function findSubmissionPace(host: string): SubmissionPace {
  const provider = findMailProvider(host)
  return (provider === null ? undefined : PACES[provider]) ?? UNKNOWN
}
