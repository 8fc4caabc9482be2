import type { Account } from '@maildock/client'
import { Plus } from 'lucide-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useRef, useState } from 'react'
import { useLive } from '../shell/live.tsx'
import { LoadFailure } from '../shell/load-failure.tsx'
import { useListKeys } from '../shell/use-shortcuts.ts'
import { buttonClass } from '../ui/button.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { LIST_BOX } from '../ui/list-box.ts'
import { Page } from '../ui/page.tsx'
import { LoadingLabel, Skeleton } from '../ui/skeleton.tsx'
import { AccountRow } from './account-row.tsx'
import { EmptyAccounts } from './empty-accounts.tsx'
import { useAccounts } from './use-accounts.ts'

const DisconnectDialog = lazy(async () => ({ default: (await import('./disconnect-dialog.tsx')).DisconnectDialog }))

/** The accounts with their live state; the first page after signing in. */
export function AccountsPage() {
  const query = useAccounts()
  const { data: accounts } = query
  if (accounts !== undefined && accounts.length === 0) {
    return (
      <Page title="Accounts">
        <EmptyAccounts />
      </Page>
    )
  }
  return (
    <Page
      title="Accounts"
      description={accounts === undefined ? 'Mailboxes that are connected and kept in sync.' : summarize(accounts)}
      actions={<ConnectLink />}
    >
      {query.isPending ? (
        <LoadingRows />
      ) : accounts === undefined ? (
        <LoadFailure title="The accounts could not be loaded" query={query} />
      ) : (
        <AccountList accounts={accounts} />
      )}
    </Page>
  )
}

function AccountList({ accounts }: { readonly accounts: readonly Account[] }) {
  const { progress } = useLive()
  const list = useRef<HTMLUListElement>(null)
  const [leavingId, setLeavingId] = useState<string | null>(null)
  useListKeys(list)
  const leaving = accounts.find((account) => account.id === leavingId)
  return (
    <>
      <ul ref={list} className={LIST_BOX}>
        {accounts.map((account) => (
          <AccountRow
            key={account.id}
            account={account}
            progress={progress.get(account.id)}
            onDisconnect={() => setLeavingId(account.id)}
          />
        ))}
      </ul>
      <Suspense fallback={null}>
        {leaving !== undefined && <DisconnectDialog account={leaving} accounts={accounts} onClose={() => setLeavingId(null)} />}
      </Suspense>
    </>
  )
}

function ConnectLink() {
  return (
    <Link to="/connect" className={`${buttonClass('primary')} max-sm:hidden`}>
      <Plus aria-hidden className="size-4" />
      Connect account
      <Kbd keys="C" onAccent />
    </Link>
  )
}

function LoadingRows() {
  return (
    <div className={LIST_BOX}>
      <LoadingLabel what="accounts" />
      {[0, 1, 2].map((row) => (
        <div key={row} className="flex items-center gap-3.5 px-5 py-3.5">
          <Skeleton className="size-9 shrink-0" />
          <div className="grow">
            <Skeleton className="h-4 w-48" />
            <Skeleton className="mt-2 h-3.5 w-64 max-w-full" />
          </div>
          <Skeleton className="hidden h-4 w-28 sm:block" />
        </div>
      ))}
    </div>
  )
}

/** "3 connected, 1 needs attention". */
function summarize(accounts: readonly Account[]): string {
  const failing = accounts.filter((account) => account.syncStatus === 'error').length
  const connected = `${accounts.length} connected`
  if (failing === 0) return `${connected}, kept in sync.`
  return failing === 1 ? `${connected}, 1 needs attention.` : `${connected}, ${failing} need attention.`
}
