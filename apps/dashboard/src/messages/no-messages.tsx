import type { Account } from '@maildock/client'
import { Inbox } from 'lucide-react'

/** Why there is nothing in the list: because there is nothing, or not yet. */
export function NoMessages({ account, label }: { readonly account: Account; readonly label?: string }) {
  const early = account.lastSyncedAt === null
  return (
    <div className="m-auto flex flex-col items-center gap-3 px-8 py-16 text-center text-sm text-muted">
      <Inbox aria-hidden className="size-8 stroke-[1.25] text-faint" />
      <p>
        <strong className="block text-base font-medium text-ink">
          {early ? 'No messages yet' : `${label ?? 'This mailbox'} is empty`}
        </strong>
        {early ? 'The first sync brings the inbox first, newest mail first.' : 'New mail appears here by itself.'}
      </p>
    </div>
  )
}
