/**
 * The schemas of what forms send, so that a form can say what is wrong before the server does. A module of its own:
 * whoever uses none of them bundles neither them nor zod.
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
