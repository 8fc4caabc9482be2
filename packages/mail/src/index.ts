export { type EgressPolicy, type EgressPolicyOptions, type LookupAll } from './egress/egress-policy.ts'
export { MAIL_FAULT_CLASSES, MailFault, type MailFaultClass, type MailFaultCode, type MailFaultDetails } from './mail-fault.ts'
export {
  type MailServerLogin,
  type MailServersVerification,
  type VerifyMailServers,
  type VerifyMailServersInput,
  type VerifyMailServersOptions,
} from './verification/verification-types.ts'
