export { attemptSubmission, deferAll, type AttemptContext } from './attempt-submission.ts'
export { createOutbox, type Outbox, type OutboxOptions } from './create-outbox.ts'
export {
  type Deliver,
  type ClosedGate,
  type DeliveryOptions,
  type LoginGate,
  type OutgoingMessage,
  type SubmissionServer,
} from './deliver.ts'
export { ClaimLostError, CLAIM_TTL_MS, type Claim, type FirstClaim } from './store/claim-store.ts'
export { cancelSubmission, findSubmission } from './store/outcome-store.ts'
export { cancelAbandoned, cancelWaiting, recoverClaims, releaseClaim } from './store/recovery-store.ts'
export { pausedUntil } from './store/pace-store.ts'
export { retryByHand, type RetryOutcome } from './store/retry-store.ts'
export { forgetMessages, forgetSentDrafts } from './store/retention-store.ts'
export {
  abandonCopies,
  failCopy,
  linkSentMessages,
  listOwedCopies,
  postponeCopies,
  putOffCopies,
  settleCopy,
  startCopy,
  type CopyFailure,
  type CopyOutcome,
  type CopySource,
  type OwedCopy,
  type SentMessage,
} from './store/sent-copy-store.ts'
export { type Settled } from './store/settle-store.ts'
export { planReport, type RecipientChange, type ReportedOn } from './plan-report.ts'
export { readReports } from './read-reports.ts'
export { queueReports } from './store/report-store.ts'
export { listSuppressed, suppress, type NewSuppression } from './store/suppression-store.ts'
export { toSuppressionKey } from './suppression-key.ts'
export {
  findByIdempotencyKey,
  insertSubmission,
  type AcceptedSubmission,
  type KeyedSubmission,
  type NewSubmission,
} from './store/submission-store.ts'
export { openSmtpDelivery, type SmtpDelivery, type SmtpDeliveryOptions } from './open-smtp-delivery.ts'
export { type SubmissionRef } from './submission-ref.ts'
export { waitAtMost } from './wait-at-most.ts'
