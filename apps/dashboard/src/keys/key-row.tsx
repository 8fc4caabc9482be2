import type { Account, ApiKey } from '@maildock/client'
import { KeyRound } from 'lucide-react'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { RelativeTime, useNow } from '../ui/relative-time.tsx'
import { describeBinding, describeKeyEnd, describeScopes, readKeyState } from './describe-key.ts'

export interface KeyRowProps {
  readonly apiKey: ApiKey
  readonly accounts: readonly Account[]
  readonly onRevoke: () => void
}

/** One key: what it is for, when it was used, when it ends. */
export function KeyRow({ apiKey, accounts, onRevoke }: KeyRowProps) {
  const now = useNow()
  const state = readKeyState(apiKey, now)
  const active = state === 'active'
  return (
    <li className="flex items-start gap-3.5 px-4 py-3.5 sm:px-5">
      <KeyRound aria-hidden className={cx('mt-0.5 size-4 shrink-0', active ? 'text-accent-ink' : 'text-faint')} />
      <div className="min-w-0 grow text-sm">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className={cx('text-base font-medium break-words', !active && 'text-muted')}>{apiKey.name}</span>
          {!active && <Badge>{state === 'revoked' ? 'Revoked' : 'Expired'}</Badge>}
        </p>
        <p className="mt-0.5 flex flex-wrap items-baseline gap-x-3 text-muted">
          <code className="font-mono">{apiKey.keyPrefix}…</code>
          <span>{describeScopes(apiKey.scopes)}</span>
          <span className="break-all">{describeBinding(apiKey, accounts)}</span>
        </p>
        <p className="mt-0.5 flex flex-wrap gap-x-3 text-muted">
          <span>
            Created <RelativeTime date={apiKey.createdAt} />
          </span>
          <span>{apiKey.lastUsedAt === null ? 'Never used' : <UsedAt date={apiKey.lastUsedAt} />}</span>
          <span>{describeKeyEnd(apiKey, now)}</span>
        </p>
      </div>
      {active && (
        <Button size="sm" tone="danger-outline" aria-label={`Revoke ${apiKey.name}`} onClick={onRevoke}>
          Revoke
        </Button>
      )}
    </li>
  )
}

function UsedAt({ date }: { readonly date: Date }) {
  return (
    <>
      Used <RelativeTime date={date} />
    </>
  )
}
