export { type WatchHandle, type WatchListener, type WatchOptions, type WatchState } from './account-watch.ts'
export { type CallOptions, type MaildockClientOptions } from './client-options.ts'
export { createMaildockClient } from './create-maildock-client.ts'
export { type ClientErrorCode, type KnownErrorCode, type MaildockErrorCode } from './error-code.ts'
export { type DetailsOf, type ErrorDetails, type ValidationDetails } from './error-details.ts'
export { listFieldErrors, listVerificationFailures, needsSignIn } from './error-reading.ts'
export { type CookieMode, type FetchLike } from './http-transport.ts'
export {
  type AccountsApi,
  type CampaignsApi,
  type KeysApi,
  type MailboxesApi,
  type MaildockClient,
  type MessagesApi,
  type SessionApi,
  type DraftsApi,
  type SubmissionsApi,
  type SuppressionsApi,
  type SyncApi,
} from './maildock-client.ts'
export { isMaildockError, MaildockError, type MaildockErrorOf, type MaildockErrorOptions } from './maildock-error.ts'
export { createMaildockLinks } from './maildock-links.ts'
export { type MaildockErrorData, type MaildockErrorShape, type MaildockProcedures, type MaildockRouter } from './maildock-router.ts'
export { type HeadersSource, type TokenSource } from './request-headers.ts'
export { toMaildockError } from './to-maildock-error.ts'
export {
  type Account,
  type AccountRef,
  type ApiKey,
  type ApiKeyRef,
  type Attachment,
  type BodyState,
  type CampaignReport,
  type CampaignStatus,
  type Correspondent,
  type CreatedApiKey,
  type CurrentSession,
  type ErrorCode,
  type ListMessagesInput,
  type ListSubmissionsInput,
  type Draft,
  type DraftAttachment,
  type DraftContent,
  type DraftRevision,
  type DraftSummary,
  type ListSuppressionsInput,
  type LiveEvent,
  type Mailbox,
  type MailboxError,
  type MailboxProgress,
  type MailProtocol,
  type Message,
  type MessagePage,
  type Quote,
  type QuoteInput,
  type MessageSummary,
  type SessionRef,
  type SessionSummary,
  type SessionUser,
  type SpecialUse,
  type RecipientStatus,
  type Submission,
  type SubmissionFilter,
  type SubmissionPage,
  type SubmissionStatus,
  type SubmissionSummary,
  type Suppression,
  type SuppressionPage,
  type SuppressionReason,
  type SyncError,
  type SyncOverview,
  type SyncProgress,
  type SyncRun,
  type SyncStatus,
  type VerificationCode,
  type VerificationDetails,
  type VerificationFailure,
  type VerificationStage,
} from '@maildock/core'
/**
 * The schemas of what forms send, so that a form can say what is wrong before the server does. A chunk of their own: whoever uses none of them bundles
 * neither them nor zod (rolldown.config.mjs).
 */
export {
  ApiKeyScope,
  ChangePasswordInput,
  ConnectAccountInput,
  CreateApiKeyInput,
  DEFAULT_MAIL_PORTS,
  DisplayName,
  EmailAddress,
  MailHost,
  MailPort,
  NewPassword,
  PASSWORD_LENGTH,
  planTlsModes,
  SignInInput,
  SignUpInput,
  SyncFrom,
  TlsMode,
  UpdateAccountInput,
  UpdateMailboxInput,
} from '@maildock/core'
