import type { Account, SyncProgress } from '@maildock/client'
import { Link } from '@tanstack/react-router'
import { Badge } from '../ui/badge.tsx'
import { AccountAvatar } from './avatar.tsx'
import { AccountMenu } from './account-menu.tsx'
import { AccountProgress } from './account-progress.tsx'
import { MailboxTrouble } from './mailbox-trouble.tsx'
import { isProgressOpen } from './progress.ts'
import { SyncBadge } from './sync-badge.tsx'
import { SyncErrorNotice } from './sync-error-notice.tsx'

export interface AccountRowProps {
  readonly account: Account
  readonly progress: SyncProgress | undefined
  readonly onDisconnect: () => void
}

/** An account in the list. The whole row opens its mail; the controls in it lie above that link. */
export function AccountRow({ account, progress, onDisconnect }: AccountRowProps) {
  return (
    <li className="relative px-4 py-3.5 transition-colors has-[a[data-list-item]:hover]:bg-hover sm:px-5">
      <div className="grid grid-cols-[auto_1fr_auto] items-center gap-x-3.5 sm:grid-cols-[auto_1fr_auto_auto]">
        <div className="row-span-2">
          <AccountAvatar email={account.email} />
        </div>
        <div className="flex min-w-0 items-center gap-2">
          <Link
            to="/accounts/$accountId"
            params={{ accountId: account.id }}
            data-list-item
            className="truncate rounded-sm font-medium text-ink outline-none after:absolute after:inset-0 after:-outline-offset-2 focus-visible:after:rounded-lg focus-visible:after:outline-2 focus-visible:after:outline-accent"
          >
            {account.email}
          </Link>
          {account.isDefault && <Badge>Default</Badge>}
        </div>
        <div className="col-start-2 row-start-2 mt-0.5 sm:col-start-3 sm:row-span-2 sm:row-start-1 sm:mt-0">
          <SyncBadge account={account} />
        </div>
        <p className="col-start-2 row-start-2 mt-0.5 hidden truncate text-sm text-muted sm:block">
          {account.name === null ? account.imapHost : `${account.name} · ${account.imapHost}`}
        </p>
        <div className="relative z-10 col-start-3 row-span-2 row-start-1 -mr-1.5 sm:col-start-4">
          <AccountMenu account={account} onDisconnect={onDisconnect} />
        </div>
      </div>
      {isProgressOpen(account, progress) && (
        <div className="sm:pl-12.5">
          <AccountProgress account={account} progress={progress} />
        </div>
      )}
      {account.syncError !== null && (
        <div className="relative z-10 mt-3 sm:pl-12.5">
          <SyncErrorNotice account={account} />
        </div>
      )}
      <div className="relative z-10 mt-3 empty:hidden sm:pl-12.5">
        <MailboxTrouble accountId={account.id} progress={progress} />
      </div>
    </li>
  )
}
