import { Link, useMatch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Skeleton } from '../ui/skeleton.tsx'
import { useNow } from '../ui/relative-time.tsx'
import { SyncDot } from './sync-badge.tsx'
import { describeSyncState } from './sync-state.ts'
import { useAccounts } from './use-accounts.ts'

const MailboxNav = lazy(async () => ({ default: (await import('../messages/mailbox-nav.tsx')).MailboxNav }))

/** The accounts in the navigation; the open one shows its mailboxes beneath. */
export function SidebarAccounts() {
  const { data: accounts, isPending } = useAccounts()
  const now = useNow()
  const open = useMatch({ from: '/app/accounts/$accountId', shouldThrow: false })
  if (isPending) {
    return (
      <div className="flex flex-col gap-3 px-2 py-2">
        <Skeleton className="h-4 w-40" />
        <Skeleton className="h-4 w-32" />
      </div>
    )
  }
  if (accounts === undefined) return null
  if (accounts.length === 0) {
    return <p className="px-2 py-1 text-sm text-faint">None yet</p>
  }
  return (
    <ul className="flex flex-col gap-0.5">
      {accounts.map((account) => {
        const { tone, label } = describeSyncState(account, now)
        return (
          <li key={account.id}>
            <Link
              to="/accounts/$accountId"
              params={{ accountId: account.id }}
              activeOptions={{ includeSearch: false }}
              activeProps={{ className: 'text-ink! font-medium' }}
              title={`${account.email}: ${label}`}
              className="flex h-8 items-center gap-2.5 rounded-md px-2 text-sm text-muted transition-colors hover:bg-hover hover:text-ink"
            >
              {({ isActive }) => (
                <>
                  <span className="inline-flex size-4 items-center justify-center">
                    <SyncDot tone={tone} />
                  </span>
                  <span className="min-w-0 grow truncate">{account.email}</span>
                  {isActive && <span className="sr-only">(open)</span>}
                </>
              )}
            </Link>
            {open?.params.accountId === account.id && (
              <Suspense fallback={null}>
                <MailboxNav accountId={account.id} selectedId={open.search.mailbox} />
              </Suspense>
            )}
          </li>
        )
      })}
    </ul>
  )
}
