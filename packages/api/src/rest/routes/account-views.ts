import { Account } from '@maildock/core'

/** An account as the list of the original contract shows it: exactly these fields. */
export const AccountListItem = Account.pick({
  id: true,
  email: true,
  name: true,
  imapHost: true,
  imapPort: true,
  smtpHost: true,
  smtpPort: true,
  syncStatus: true,
  isDefault: true,
  createdAt: true,
})

/** What the original contract answers to a connect: exactly these fields. */
export const ConnectedAccount = Account.pick({ id: true, email: true, syncStatus: true })

export function toAccountListItem(account: Account): typeof AccountListItem._output {
  const { id, email, name, imapHost, imapPort, smtpHost, smtpPort, syncStatus, isDefault, createdAt } = account
  return { id, email, name, imapHost, imapPort, smtpHost, smtpPort, syncStatus, isDefault, createdAt }
}

export const LIST_ITEM_EXAMPLE = {
  id: '550e8400-e29b-41d4-a716-446655440000',
  email: 'hello@yourdomain.com',
  name: 'Your Name',
  imap_host: 'imap.yourdomain.com',
  imap_port: 993,
  smtp_host: 'smtp.yourdomain.com',
  smtp_port: 587,
  sync_status: 'syncing',
  is_default: true,
  created_at: '2026-01-15T10:00:00Z',
}

export const ACCOUNT_EXAMPLE = {
  ...LIST_ITEM_EXAMPLE,
  imap_tls: 'implicit',
  smtp_tls: 'starttls',
  username: 'hello@yourdomain.com',
  smtp_username: 'hello@yourdomain.com',
  sync_status: 'error',
  sync_error: {
    code: 'imap.authentication_failed',
    message: 'The IMAP server refused this user name and password.',
    since: '2026-01-15T11:30:00Z',
    next_attempt_at: null,
  },
  last_synced_at: '2026-01-15T11:25:00Z',
  sync_from: null,
}
