import { z } from 'zod'
import { EmailAddress } from './email-address.ts'
import { IdText, Uuid } from './ids.ts'
import { MailHost, MailPort, TlsMode } from './mail-server.ts'
import { isOneLine } from './storable-text.ts'
import { SyncFrom } from './sync-window.ts'

export const SyncStatus = z.enum(['pending', 'syncing', 'synced', 'error']).meta({
  description:
    'pending: credentials saved, initial sync not yet started. syncing: actively syncing. synced: up to date. error: the reason is in sync_error.',
})
export type SyncStatus = z.infer<typeof SyncStatus>

/** Why an account is not up to date. Also present while a transient failure is retried and the status is still kept. */
export const SyncError = z.object({
  code: z.string().meta({ description: 'A code of the error catalogue.', examples: ['imap.authentication_failed'] }),
  message: z.string(),
  since: z.date(),
  nextAttemptAt: z.date().nullable().meta({ description: 'Null: not before the account is changed.' }),
})
export type SyncError = z.infer<typeof SyncError>

/** A connected account as lists show it. Holds no secret. */
export const Account = z.object({
  id: Uuid,
  email: EmailAddress,
  name: z.string().nullable(),
  imapHost: z.string(),
  imapPort: MailPort,
  imapTls: TlsMode,
  smtpHost: z.string(),
  smtpPort: MailPort,
  smtpTls: TlsMode,
  username: z.string(),
  smtpUsername: z.string(),
  syncStatus: SyncStatus,
  syncError: SyncError.nullable(),
  isDefault: z.boolean(),
  createdAt: z.date(),
  lastSyncedAt: z.date().nullable(),
  syncFrom: z.date().nullable().meta({ description: 'Mail the server received before it is not downloaded. Null: everything is.' }),
})
export type Account = z.infer<typeof Account>

const NO_CONTROL = /^[^\u0000-\u001f\u007f]*$/u

/** A login name or password: any script, any punctuation, no control characters (they would end a protocol line). */
function credentialText(what: string, maxLength: number): z.ZodString {
  return z
    .string()
    .min(1, `Enter the ${what}.`)
    .max(maxLength, `The ${what} has at most ${maxLength} characters.`)
    .regex(NO_CONTROL, `The ${what} must not contain line breaks or other control characters.`)
    .refine((value) => value.isWellFormed(), `The ${what} is not well-formed text.`)
}

export const DisplayName = z
  .string()
  .refine(isOneLine, 'A name must not contain line breaks or other control characters.')
  .trim()
  .max(200, 'A name has at most 200 characters.')
  .regex(NO_CONTROL, 'A name must not contain line breaks or other control characters.')
  .refine((value) => value.isWellFormed(), 'The name is not well-formed text.')
  .meta({ description: 'Display name for outgoing e-mail.', examples: ['Your Display Name'] })

const username = credentialText('user name', 320).meta({ description: 'IMAP/SMTP login name.' })
const password = credentialText('password', 1024).meta({ description: 'IMAP/SMTP login password or app password.' })

const syncFrom = SyncFrom.nullable()
  .optional()
  .meta({ description: 'Mail the server received before it is not downloaded. Null: everything is.' })

const imapHost = MailHost.meta({ description: 'IMAP server hostname.', examples: ['imap.yourdomain.com'] })
const imapPort = MailPort.meta({ description: 'Usually 993 (TLS) or 143 (STARTTLS).', examples: [993] })
const smtpHost = MailHost.meta({ description: 'SMTP server hostname.', examples: ['smtp.yourdomain.com'] })
const smtpPort = MailPort.meta({ description: 'Usually 587 (STARTTLS) or 465 (TLS).', examples: [587] })

export const ConnectAccountInput = z.strictObject({
  email: EmailAddress.meta({ description: 'The e-mail address of the account.', examples: ['hello@yourdomain.com'] }),
  name: DisplayName.optional(),
  imapHost,
  imapPort,
  imapTls: TlsMode.optional(),
  smtpHost,
  smtpPort,
  smtpTls: TlsMode.optional(),
  username,
  password,
  smtpUsername: username.optional().meta({ description: 'Default: username.' }),
  smtpPassword: password.optional().meta({ description: 'Default: password.' }),
  syncFrom,
})
export type ConnectAccountInput = z.infer<typeof ConnectAccountInput>

/** Every field optional; what is absent stays. Servers and credentials are verified before they replace the old ones. */
export const UpdateAccountInput = z.strictObject({
  id: IdText,
  name: DisplayName.nullable().optional().meta({ description: 'Display name for outgoing e-mail. Null: none.' }),
  isDefault: z.boolean().optional().meta({ description: 'True: this account becomes the default, and the other one is it no more.' }),
  imapHost: imapHost.optional(),
  imapPort: imapPort.optional(),
  imapTls: TlsMode.optional(),
  smtpHost: smtpHost.optional(),
  smtpPort: smtpPort.optional(),
  smtpTls: TlsMode.optional(),
  username: username.optional(),
  password: password.optional(),
  smtpUsername: username.optional(),
  smtpPassword: password.optional(),
  syncFrom,
})
export type UpdateAccountInput = z.infer<typeof UpdateAccountInput>

/** An account by id. */
export const AccountRef = z.strictObject({ id: IdText })
export type AccountRef = z.infer<typeof AccountRef>
