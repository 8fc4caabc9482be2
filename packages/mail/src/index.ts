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
export { verifyMailServers } from './verification/verify-mail-servers.ts'
