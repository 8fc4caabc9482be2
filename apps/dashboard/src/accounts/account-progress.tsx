import type { Account, SyncProgress } from '@maildock/client'
import { ChevronDown } from 'lucide-react'
import { useId, useState } from 'react'
import { cx } from '../ui/cx.ts'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { describeProgress, progressFraction } from './progress.ts'

export interface AccountProgressProps {
  readonly account: Account
  readonly progress: SyncProgress | undefined
}

const UNKNOWN = { messagesDone: 0, messagesExpected: 0 }

/** How far a sync has come, and each mailbox of it on demand. */
export function AccountProgress({ account, progress }: AccountProgressProps) {
  const [expanded, setExpanded] = useState(false)
  const detailsId = useId()
  const sum = progress ?? UNKNOWN
  const mailboxes = progress?.mailboxes ?? []
  return (
    <div className="mt-3">
      <div className="flex items-center justify-between gap-3 text-sm text-muted tabular-nums">
        <span>{describeProgress(sum)}</span>
        {mailboxes.length > 0 && (
          <button
            type="button"
            aria-expanded={expanded}
            aria-controls={detailsId}
            onClick={() => setExpanded(!expanded)}
            className="relative z-10 -my-1 inline-flex h-7 items-center gap-1 rounded-md px-1.5 hover:bg-hover hover:text-ink"
          >
            {mailboxes.length === 1 ? '1 mailbox' : `${mailboxes.length} mailboxes`}
            <ChevronDown aria-hidden className={cx('size-3.5 transition-transform', expanded && 'rotate-180')} />
          </button>
        )}
      </div>
      <div className="mt-2">
        <ProgressBar label={`Sync of ${account.email}`} fraction={progressFraction(sum)} />
      </div>
      <ul id={detailsId} hidden={!expanded} className="mt-3 grid gap-x-10 gap-y-2.5 rounded-md bg-sunken p-3 sm:grid-cols-2">
        {mailboxes.map((mailbox) => (
          <li key={mailbox.mailboxId} className="text-sm">
            <div className="mb-1.5 flex justify-between gap-3 tabular-nums">
              <span className="truncate text-ink">{mailbox.path === 'INBOX' ? 'Inbox' : mailbox.path}</span>
              <span className="shrink-0 text-muted">
                {mailbox.messagesDone.toLocaleString()} / {mailbox.messagesExpected.toLocaleString()}
              </span>
            </div>
            <ProgressBar slim label={`Sync of ${mailbox.path}`} fraction={mailbox.messagesExpected === 0 ? 1 : progressFraction(mailbox)} />
          </li>
        ))}
      </ul>
    </div>
  )
}
