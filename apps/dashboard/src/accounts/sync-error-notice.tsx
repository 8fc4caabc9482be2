import type { Account } from '@maildock/client'
import { Link } from '@tanstack/react-router'
import { Button, buttonClass } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { useNow } from '../ui/relative-time.tsx'
import { explainSyncError } from './explain-sync-error.ts'
import { useSyncNow } from './use-accounts.ts'

export interface SyncErrorNoticeProps {
  readonly account: Account
  /** Off where the repair is on the same page. */
  readonly withAction?: boolean
}

/** Why an account is behind, when it is tried again, and the one thing that would repair it. Nothing while all is well. */
export function SyncErrorNotice({ account, withAction = true }: SyncErrorNoticeProps) {
  const now = useNow()
  const syncNow = useSyncNow()
  if (account.syncError === null) return null
  const { title, meaning, next, remedy } = explainSyncError(account, account.syncError, now)
  const action =
    remedy === 'wait' ? (
      <Button size="sm" busy={syncNow.isPending} onClick={() => syncNow.mutate({ accountId: account.id })}>
        Try now
      </Button>
    ) : (
      <Link to="/accounts/$accountId/edit" params={{ accountId: account.id }} className={buttonClass('secondary', 'sm')}>
        {remedy === 'credentials' ? 'Fix sign-in' : 'Fix servers'}
      </Link>
    )
  return (
    <Notice
      tone={account.syncStatus === 'error' ? 'bad' : 'warn'}
      title={title}
      action={withAction || remedy === 'wait' ? action : undefined}
    >
      {meaning} {next}
    </Notice>
  )
}
