import type { Account } from '@maildock/client'
import { cx } from '../ui/cx.ts'
import { useNow } from '../ui/relative-time.tsx'
import { describeSyncState, type SyncTone } from './sync-state.ts'

const DOTS: Record<SyncTone, string> = {
  good: 'bg-good',
  busy: 'bg-accent pulse-dot',
  waiting: 'border-[1.5px] border-control',
  warn: 'bg-warn',
  bad: 'bg-bad',
}

export function SyncDot({ tone }: { readonly tone: SyncTone }) {
  return <span aria-hidden className={cx('inline-block size-2 shrink-0 rounded-full', DOTS[tone])} />
}

/** Dot and words: the state is never told by colour alone. */
export function SyncBadge({ account }: { readonly account: Account }) {
  const { tone, label } = describeSyncState(account, useNow())
  return (
    <span
      className={cx('inline-flex items-center gap-2 text-sm whitespace-nowrap', tone === 'bad' ? 'font-medium text-bad' : 'text-muted')}
    >
      <SyncDot tone={tone} />
      {label}
    </span>
  )
}
