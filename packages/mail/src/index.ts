export { createEgressPolicy, type EgressPolicy, type EgressPolicyOptions, type LookupAll, type PortRule } from './egress/egress-policy.ts'
export { MAIL_FAULT_CLASSES, MailFault, type MailFaultClass, type MailFaultCode, type MailFaultDetails } from './mail-fault.ts'
export {
  type MailServerLogin,
  type MailServersVerification,
  type VerifyMailServers,
  type VerifyMailServersInput,
  type VerifyMailServersOptions,
} from './verification/verification-types.ts'
export {
  openImapConnection,
  type ImapConnection,
  type OpenImapConnectionInput,
  type OpenImapConnectionOptions,
} from './imap/imap-connection.ts'
export {
  openSubmissionConnection,
  type OpenSubmissionConnectionInput,
  type OpenSubmissionConnectionOptions,
  type SubmissionConnection,
} from './submission/submission-connection.ts'
export { addBcc } from './submission/add-bcc.ts'
export { composeMessage } from './submission/compose-message.ts'
export { createMessageId } from './submission/create-message-id.ts'
export { deliverMessage, type DeliverMessageOptions } from './submission/deliver-message.ts'
export {
  DELIVERY_STAGES,
  type Accepted,
  type Deferred,
  type DeferralCode,
  type DeliveryOutcome,
  type DeliveryStage,
  type RecipientOutcome,
  type RefusalCode,
  type Refused,
  type ServerReply,
  type Unknown,
} from './submission/delivery-outcome.ts'
export { DEFAULT_DELIVERY_DEADLINES, type DeliveryDeadlines } from './submission/delivery-run.ts'
export { PoolClosed, SubmissionPool, type PooledConnection, type SubmissionPoolOptions } from './submission/submission-pool.ts'
export { TooManyWaiting } from './submission/turnstile.ts'
export { type SubmissionCapabilities } from './submission/submission-capabilities.ts'
export { isContentId } from './submission/attachment-part.ts'
export {
  checkHeaderName,
  parseExtraHeaders,
  type ExtraHeader,
  type HeaderProblem,
  type ParsedExtraHeaders,
  type RefusedHeader,
} from './submission/extra-headers.ts'
export { parseMailPath, type MailPath } from './submission/mail-path.ts'
export {
  InvalidDraft,
  type ComposedMessage,
  type DraftAttachment,
  type DraftField,
  type DraftMailbox,
  type MessageDraft,
} from './submission/message-draft.ts'
export { verifyMailServers } from './verification/verify-mail-servers.ts'
export { openParser, type Parser, type ParserOptions } from './content/open-parser.ts'
export { parseHeader, parseMessage, type ParsedHeader, type ParsedMessage } from './content/parse-message.ts'
export { decodeSource, prepareUnreadable, type PreparedContent, type PreparedMessage, type RawEncoding } from './content/prepare-content.ts'
export { type ParsedAttachment } from './content/select-content.ts'
export { type ComplaintReport, type DeliveryReport, type ReportedRecipient, type StatusReport } from './reports/delivery-report.ts'
export { isHardStatus, judgeBounce, type BounceKind, type BounceWords } from './reports/judge-bounce.ts'
export { looksLikeReport, type ReportCandidate } from './reports/looks-like-report.ts'
export { readDeliveryReport } from './reports/read-delivery-report.ts'
export { findReplyCode } from './reports/report-text.ts'
export { createImapSession, openImapSession, type FetchFlagsOptions, type ImapSession } from './imap/imap-session.ts'
export { type AppendedMessage, type MailboxWriter } from './imap/mailbox-writer.ts'
export { createImapWatch, type ImapWatch, type ImapWatchOptions, type WatchOutcome } from './imap/imap-watch.ts'
export type {
  ExaminedMailbox,
  FetchedHeader,
  FetchSourcesOptions,
  KnownState,
  MailboxChanges,
  MailboxList,
  MailboxListing,
  MailboxStatus,
  MessageAttributes,
  MessageFlags,
  UidList,
  UidRange,
  UidTail,
} from './imap/imap-session-types.ts'
export { findMailProvider, type MailProvider } from './discovery/mail-provider.ts'
export { findSubmissionPace, type SubmissionPace, type SubmissionRate } from './discovery/submission-pace.ts'
export { extractAttachments, type ExtractedAttachment } from './content/extract-attachments.ts'
