export { Account, AccountRef, ConnectAccountInput, DisplayName, SyncError, SyncStatus, UpdateAccountInput } from './account.ts'
export {
  INITIAL_SYNC_STATE,
  nextSyncState,
  TRANSIENT_GRACE_MS,
  type SyncClock,
  type SyncEvent,
  type SyncFailure,
  type SyncFailureClass,
  type SyncState,
} from './account-state.ts'
export {
  API_KEY_PATTERN,
  API_KEY_PREFIX_LENGTH,
  ApiKey,
  ApiKeyRef,
  ApiKeyScope,
  CreateApiKeyInput,
  CreatedApiKey,
  opensScope,
} from './api-key.ts'
export { parseBaseSubject, toSubjectKey, type BaseSubject } from './base-subject.ts'
export { CampaignReport, CampaignStatus, isActiveCampaign } from './campaign.ts'
export { EmailAddress, toEmailKey } from './email-address.ts'
export { encodeSearchVector, type SearchField, type SearchWeight } from './encode-search-vector.ts'
export { ERROR_CATALOGUE, ERROR_CODES, isErrorCode, type ErrorCode } from './error-catalogue.ts'
export { ERROR_KINDS, type ErrorKind } from './error-kind.ts'
export { IdText, isUuid, parseCompactUuid, toCompactUuid, Uuid } from './ids.ts'
export { JOBS, syncJobKey, SyncReason, type JobName, type JobPayload } from './job.ts'
export { LIVE_CHANNEL, LiveEvent, LiveNotice } from './live-event.ts'
export { silentLogger, type LogFields, type Logger } from './logger.ts'
export {
  DEFAULT_MAIL_PORTS,
  MAIL_PROTOCOLS,
  MailHost,
  MailPort,
  planTlsModes,
  TlsMode,
  type MailProtocol,
  type MailServer,
} from './mail-server.ts'
export { Mailbox, MailboxError, MailboxProgress, SpecialUse, SyncProgress, UpdateMailboxInput } from './mailbox.ts'
export { MaildockError, type ErrorDetails, type MaildockErrorOptions } from './maildock-error.ts'
export { Attachment, BodyState, Correspondent, ListMessagesInput, Message, MessagePage, MessageSummary } from './message.ts'
export { DEFAULT_PLANS, PlanLimits, Plans } from './plan.ts'
export { type SearchLimits } from './scan-search-terms.ts'
export { listSearchTerms, SEARCH_LIMITS } from './search-terms.ts'
export {
  ChangePasswordInput,
  CurrentSession,
  NewPassword,
  PASSWORD_LENGTH,
  SessionRef,
  SessionSummary,
  SessionUser,
  SignInAddress,
  SignInInput,
  SignUpInput,
} from './session.ts'
export { toDisplayLine, toStorableText } from './storable-text.ts'
export {
  MAX_ATTACHMENTS,
  MAX_SOURCE_OCTETS,
  RecipientKind,
  RecipientStatus,
  SendAddress,
  SendAnswer,
  SendInput,
  SentCopy,
  SentCopyStatus,
  Submission,
  SubmissionRecipient,
  SubmissionStatus,
  SubmissionStep,
  type SendAttachment,
} from './submission.ts'
export {
  ListSubmissionsInput,
  MAX_SUMMARY_RECIPIENTS,
  SendByHandInput,
  SubmissionFilter,
  SubmissionName,
  SubmissionPage,
  SubmissionSummary,
} from './submission-list.ts'
export {
  GIVE_UP_AFTER_MS,
  planAfterAttempt,
  retryDelayMs,
  type AttemptOutcome,
  type DeliveryWords,
  type RecipientOutcome,
  type SubmissionClock,
  type SubmissionPlan,
  type SubmissionProgress,
} from './submission-state.ts'
export {
  AddSuppressionInput,
  ListSuppressionsInput,
  Suppression,
  SuppressionPage,
  SuppressionReason,
  SuppressionRef,
} from './suppression.ts'
export { MANUAL_SYNC_WINDOW_MS, SyncOverview, SyncRun } from './sync-run.ts'
export { reachesFurther, SyncFrom, toSyncFrom } from './sync-window.ts'
export {
  VERIFICATION_CODES,
  VerificationFailure,
  VerificationStage,
  type VerificationCode,
  type VerificationDetails,
} from './verification.ts'
export { MAX_QUOTED_CHARACTERS, Quote, QuoteInput, quoteMessage, QuoteMode } from './quote-message.ts'
export {
  AttachToDraftInput,
  DetachFromDraftInput,
  Draft,
  DraftAttachment,
  DraftContent,
  DraftRef,
  DraftRevision,
  DraftSummary,
  MAX_DRAFT_FILE_OCTETS,
  MAX_DRAFTS,
  MAX_USER_DRAFT_OCTETS,
  SaveDraftInput,
} from './draft.ts'
