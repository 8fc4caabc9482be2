import type { UpdateAccountInput } from '@maildock/core'
import type { MailServerLogin } from '@maildock/mail'
import type { AccountRow } from './account-row.ts'
import type { AccountPasswords, PasswordChange } from './credential-store.ts'

/** A change of any of these is verified with both servers before it replaces what is stored. */
const VERIFIED_FIELDS = [
  'imapHost',
  'imapPort',
  'imapTls',
  'smtpHost',
  'smtpPort',
  'smtpTls',
  'username',
  'password',
  'smtpUsername',
  'smtpPassword',
] as const satisfies readonly (keyof UpdateAccountInput)[]

/** Tells whether a change has to be verified. Naming a present value again counts: it is how a person asks to check again. */
export function needsVerification(input: UpdateAccountInput): boolean {
  return VERIFIED_FIELDS.some((field) => input[field] !== undefined)
}

/** Which stored passwords a verification of this change needs: those it does not name itself. */
export function wantedPasswords(input: UpdateAccountInput): { readonly imap: boolean; readonly smtp: boolean } {
  return { imap: input.password === undefined, smtp: input.smtpPassword === undefined }
}

export interface PlannedLogins {
  readonly imap: MailServerLogin
  readonly smtp: MailServerLogin
  /** Holds given passwords only: what was opened to verify is not carried on. */
  readonly passwords: PasswordChange
}

/**
 * The logins of an account after a change. What is absent stays, with two rules: an SMTP user name or password that was the
 * same as for IMAP follows it, and a TLS mode stays only while its port does (a new port has its own default).
 * `stored` holds what `wantedPasswords` names.
 */
export function planLogins(row: AccountRow, stored: AccountPasswords, input: UpdateAccountInput): PlannedLogins {
  const username = input.username ?? row.imap_username
  const smtpUsername = input.smtpUsername ?? (row.smtp_username === row.imap_username ? username : row.smtp_username)
  const password = input.password ?? stored.imap
  if (password === null) {
    throw new Error('A change that names no password was planned without the stored one.')
  }
  const smtpPassword = input.smtpPassword ?? stored.smtp ?? password
  const imapPort = input.imapPort ?? row.imap_port
  const smtpPort = input.smtpPort ?? row.smtp_port
  return {
    imap: {
      host: input.imapHost ?? row.imap_host,
      port: imapPort,
      tls: input.imapTls ?? (imapPort === row.imap_port ? row.imap_tls : undefined),
      username,
      password,
    },
    smtp: {
      host: input.smtpHost ?? row.smtp_host,
      port: smtpPort,
      tls: input.smtpTls ?? (smtpPort === row.smtp_port ? row.smtp_tls : undefined),
      username: smtpUsername,
      password: smtpPassword,
    },
    passwords: { imap: input.password, smtp: input.smtpPassword === password ? null : input.smtpPassword },
  }
}
