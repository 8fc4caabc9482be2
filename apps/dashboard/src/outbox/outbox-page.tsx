import type { SubmissionFilter, SubmissionSummary } from '@maildock/client'
import { useState } from 'react'
import { useAccounts } from '../accounts/use-accounts.ts'
import { LoadFailure } from '../shell/load-failure.tsx'
import { LoadMore } from '../ui/load-more.tsx'
import { LIST_BOX } from '../ui/list-box.ts'
import { Choice } from '../ui/choice.tsx'
import { Page } from '../ui/page.tsx'
import { LoadingLabel, Skeleton } from '../ui/skeleton.tsx'
import { EmptyOutbox } from './empty-outbox.tsx'
import { SubmissionDialog } from './submission-dialog.tsx'
import { SubmissionRow } from './submission-row.tsx'
import { useSubmissions } from './use-submissions.ts'

const FILTERS: readonly { readonly value: SubmissionFilter; readonly label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'waiting', label: 'Waiting' },
  { value: 'sent', label: 'Sent' },
  { value: 'failed', label: 'Not sent' },
]

/** What was sent through the user's accounts, and what is still to be. */
export function OutboxPage() {
  const [filter, setFilter] = useState<SubmissionFilter>('all')
  return (
    <Page
      title="Outbox"
      description="What was sent through your accounts, and what waits."
      actions={<Choice label="Show" value={filter} options={FILTERS} onChange={setFilter} />}
    >
      <Submissions filter={filter} />
    </Page>
  )
}

function Submissions({ filter }: { readonly filter: SubmissionFilter }) {
  const query = useSubmissions(filter)
  const { data: accounts = [] } = useAccounts()
  const [open, setOpen] = useState<SubmissionSummary | null>(null)
  const { data, isPending } = query
  if (isPending) return <LoadingRows />
  if (data === undefined) return <LoadFailure title="The outbox could not be loaded" query={query} />
  const submissions = data.pages.flatMap((page) => page.submissions)
  return (
    <>
      {submissions.length > 0 ? (
        <ul aria-label="Messages" className={LIST_BOX}>
          {submissions.map((submission) => (
            <SubmissionRow key={submission.id} submission={submission} accounts={accounts} onOpen={() => setOpen(submission)} />
          ))}
        </ul>
      ) : filter === 'all' ? (
        <EmptyOutbox />
      ) : (
        <p className="py-12 text-center text-muted">There are no such messages.</p>
      )}
      <LoadMore label="Load older messages" query={query} />
      {open !== null && <SubmissionDialog summary={open} onClose={() => setOpen(null)} />}
    </>
  )
}

function LoadingRows() {
  return (
    <div className={LIST_BOX}>
      <LoadingLabel what="the outbox" />
      {[0, 1, 2].map((row) => (
        <div key={row} className="px-5 py-3.5">
          <Skeleton className="h-4 w-56 max-w-full" />
          <Skeleton className="mt-2 h-3.5 w-72 max-w-full" />
          <Skeleton className="mt-2 h-3.5 w-40" />
        </div>
      ))}
    </div>
  )
}
