import type { Account, Mailbox } from '@maildock/client'
import { Check, ChevronDown, RefreshCw, Settings2 } from 'lucide-react'
import { Link } from '@tanstack/react-router'
import { AccountProgress } from '../accounts/account-progress.tsx'
import { isProgressOpen } from '../accounts/progress.ts'
import { SyncBadge } from '../accounts/sync-badge.tsx'
import { SyncErrorNotice } from '../accounts/sync-error-notice.tsx'
import { useSyncNow } from '../accounts/use-accounts.ts'
import { useLive } from '../shell/live.tsx'
import { IconButton } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { Menu } from '../ui/menu.tsx'
import { useDocumentTitle } from '../ui/page.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { MailboxIcon } from './mailbox-icon.tsx'
import { labelOf, orderMailboxes } from './mailbox-order.ts'

export interface MailHeaderProps {
  readonly account: Account | undefined
  readonly mailboxes: readonly Mailbox[]
  readonly open: Mailbox | undefined
  readonly onOpen: (mailbox: Mailbox) => void
}

/** Which mailbox of which account this is, how current it is, and what is wrong with it if anything. */
export function MailHeader({ account, mailboxes, open, onOpen }: MailHeaderProps) {
  const { progress } = useLive()
  const syncNow = useSyncNow()
  const title = open === undefined ? (account?.email ?? 'Mail') : labelOf(open)
  useDocumentTitle(account === undefined ? title : `${title} · ${account.email}`)
  if (account === undefined) {
    return (
      <header className="border-b border-line px-4 py-3.5">
        <h1 className="sr-only">Mail</h1>
        <Skeleton className="h-5 w-28" />
        <Skeleton className="mt-2 h-4 w-44" />
      </header>
    )
  }
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-surface px-4 py-3">
      <div className="flex items-center gap-1">
        <h1 className="min-w-0 grow text-lg font-semibold tracking-[-0.01em]">
          <span className="hidden truncate lg:block">{title}</span>
          <span className="lg:hidden">
            <MailboxPicker title={title} mailboxes={mailboxes} open={open} onOpen={onOpen} />
          </span>
        </h1>
        <IconButton label="Sync now" disabled={syncNow.isPending} onClick={() => syncNow.mutate({ accountId: account.id })}>
          <RefreshCw aria-hidden className={cx('size-4', syncNow.isPending && 'animate-spin')} />
        </IconButton>
        <Link
          to="/accounts/$accountId/edit"
          params={{ accountId: account.id }}
          aria-label="Edit account"
          title="Edit account"
          className="-mr-1.5 inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
        >
          <Settings2 aria-hidden className="size-4" />
        </Link>
      </div>
      <div className="flex items-center justify-between gap-3 text-sm text-muted">
        <span className="min-w-0 truncate lg:hidden">{account.email}</span>
        <span className="hidden tabular-nums lg:block">{open !== undefined && describeCounts(open)}</span>
        <SyncBadge account={account} />
      </div>
      {isProgressOpen(account, progress.get(account.id)) && <AccountProgress account={account} progress={progress.get(account.id)} />}
      {account.syncError !== null && (
        <div className="mt-3">
          <SyncErrorNotice account={account} />
        </div>
      )}
    </header>
  )
}

function MailboxPicker({
  title,
  mailboxes,
  open,
  onOpen,
}: Pick<MailHeaderProps, 'mailboxes' | 'open' | 'onOpen'> & { readonly title: string }) {
  if (mailboxes.length === 0) return <span className="block truncate">{title}</span>
  return (
    <Menu
      align="start"
      entries={orderMailboxes(mailboxes).map(({ mailbox, label }) => ({
        kind: 'item',
        label,
        icon: mailbox.id === open?.id ? <Check /> : <MailboxIcon mailbox={mailbox} />,
        hint: mailbox.messagesUnseen > 0 && <span className="text-xs text-muted tabular-nums">{mailbox.messagesUnseen}</span>,
        onSelect: () => onOpen(mailbox),
      }))}
      renderTrigger={(props) => (
        <button
          {...props}
          type="button"
          aria-label={`Mailbox: ${title}`}
          className="-ml-1.5 inline-flex max-w-full items-center gap-1 rounded-md px-1.5 py-0.5 hover:bg-hover"
        >
          <span className="truncate">{title}</span>
          <ChevronDown aria-hidden className="size-4 text-muted" />
        </button>
      )}
    />
  )
}

function describeCounts({ messagesTotal, messagesUnseen }: Mailbox): string {
  const total = messagesTotal === 1 ? '1 message' : `${messagesTotal.toLocaleString()} messages`
  return messagesUnseen === 0 ? total : `${total}, ${messagesUnseen.toLocaleString()} unread`
}
