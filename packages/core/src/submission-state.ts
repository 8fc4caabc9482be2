import type { ErrorCode } from './error-catalogue.ts'
import type { RecipientStatus, SubmissionStatus } from './submission.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Waits between attempts. The last one repeats until the time is up. */
const RETRY_DELAYS_MS: readonly number[] = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]

/** For so long after its first attempt was due a message is tried (RFC 5321 section 4.5.4.1 asks for days; readers of mail for less). */
export const GIVE_UP_AFTER_MS = 48 * HOUR

/** The same of one that waits because its account sends too much: most of that time it was not tried at all (RFC 5321 section 4.5.4.1: four to five days). */
export const GIVE_UP_LIMITED_AFTER_MS = 5 * 24 * HOUR

/** What a server, or the way to it, said of a message or a recipient. */
export interface DeliveryWords {
  readonly code: ErrorCode | null
  readonly replyCode: number | null
  readonly enhancedStatus: string | null
  /** The server's own words: one clean line, or null. */
  readonly response: string | null
}

/** Of one recipient. deferred: not now. */
export interface RecipientOutcome extends DeliveryWords {
  readonly address: string
  readonly outcome: 'accepted' | 'refused' | 'deferred' | 'unknown'
}

/** How an attempt ended, recipient by recipient of those it was made for. */
export interface AttemptOutcome extends DeliveryWords {
  readonly recipients: readonly RecipientOutcome[]
  /** The server's own wish. */
  readonly retryAfterMs?: number | undefined
  /** The server has said that the account sends too much: its other messages wait with this one. */
  readonly limitsAccount?: boolean | undefined
}

export interface SubmissionClock {
  readonly now: Date
  /** In [0, 1): spreads attempts. */
  readonly random: number
}

/** What decides about the next step. */
export interface SubmissionProgress {
  /** When the first attempt was due. */
  readonly dueAt: Date
  /** Attempts that ended, this one included. */
  readonly attempts: number
  /** All recipients as they stood before the attempt. */
  readonly recipients: readonly { readonly address: string; readonly status: RecipientStatus }[]
}

/** What is to be stored after an attempt. */
export interface SubmissionPlan {
  readonly status: Extract<SubmissionStatus, 'sent' | 'failed' | 'deferred' | 'unknown'>
  /** Null unless deferred. */
  readonly nextAttemptAt: Date | null
  /** Recipients whose status or words changed, by address. */
  readonly recipients: ReadonlyMap<string, DeliveryWords & { readonly status: RecipientStatus }>
}

/**
 * What follows from an attempt. Pure and total. Recipients that were taken or refused are settled; those that were deferred are tried again by
 * themselves until the time is up, then they count as refused. Once nobody is left to be tried, `unknown` outweighs `sent`, and that `failed`:
 * what may or may not have arrived is what its owner must hear of.
 */
export function planAfterAttempt(
  { dueAt, attempts, recipients }: SubmissionProgress,
  outcome: AttemptOutcome,
  clock: SubmissionClock,
): SubmissionPlan {
  const delay = retryDelayMs(attempts, clock.random)
  const next = new Date(clock.now.getTime() + Math.max(delay, Math.min(outcome.retryAfterMs ?? 0, 24 * HOUR)))
  const giveUpAfterMs = outcome.limitsAccount === true ? GIVE_UP_LIMITED_AFTER_MS : GIVE_UP_AFTER_MS
  const isOver = next.getTime() - dueAt.getTime() > giveUpAfterMs
  const changed = new Map(outcome.recipients.map((words) => [words.address, { ...words, status: toStatus(words.outcome, isOver) }]))
  const after = recipients.map(({ address, status }) => changed.get(address)?.status ?? status)
  if (after.includes('pending')) {
    return { status: 'deferred', nextAttemptAt: next, recipients: changed }
  }
  const status = after.includes('unknown') ? 'unknown' : after.some((one) => WAS_TAKEN[one]) ? 'sent' : 'failed'
  return { status, nextAttemptAt: null, recipients: changed }
}

/** What came back was taken first. */
const WAS_TAKEN: Readonly<Record<RecipientStatus, boolean>> = {
  pending: false,
  accepted: true,
  refused: false,
  unknown: false,
  bounced: true,
  complained: true,
}

function toStatus(outcome: RecipientOutcome['outcome'], isOver: boolean): RecipientStatus {
  switch (outcome) {
    case 'accepted':
    case 'refused':
    case 'unknown':
      return outcome
    case 'deferred':
      return isOver ? 'refused' : 'pending'
    default:
      return outcome satisfies never
  }
}

/** After so many attempts, in milliseconds; up to a fifth more by chance. */
export function retryDelayMs(attempts: number, random: number): number {
  const delay = RETRY_DELAYS_MS[Math.min(Math.max(attempts, 1), RETRY_DELAYS_MS.length) - 1] ?? MINUTE
  return Math.round(delay * (1 + random / 5))
}
