import type { Account, SubmissionSummary } from '@maildock/client'
import { KeyRound, Undo2 } from 'lucide-react'
import { LabelledIcon } from '../ui/labelled-icon.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { describeRecipients, hasComeBack } from './describe-submission.ts'
import { StatusBadge } from './status-badge.tsx'

export interface SubmissionRowProps {
  readonly submission: SubmissionSummary
  readonly accounts: readonly Account[]
  readonly onOpen: () => void
}

/** One message that was sent or is to be: to whom, what about, how it stands. */
export function SubmissionRow({ submission, accounts, onOpen }: SubmissionRowProps) {
  const { accountId, subject, status, sandbox, byKey, createdAt } = submission
  const account = accounts.find(({ id }) => id === accountId)
  return (
    <li>
      <button type="button" onClick={onOpen} className="flex w-full items-start gap-3 px-4 py-3.5 text-left text-sm hover:bg-hover sm:px-5">
        <span className="min-w-0 grow">
          <span className="flex items-center gap-2">
            <span className="truncate text-base font-medium">{subject === '' ? 'No subject' : subject}</span>
            {byKey && <LabelledIcon icon={KeyRound} label="Sent with an API key" className="size-3.5 text-faint" />}
            {hasComeBack(submission) && <LabelledIcon icon={Undo2} label="Came back" className="size-3.5 text-bad" />}
          </span>
          <span className="mt-0.5 block truncate text-muted">To {describeRecipients(submission)}</span>
          <span className="mt-0.5 flex flex-wrap gap-x-3 text-muted">
            <span className="max-w-full truncate">
              {account === undefined ? 'From an account that is not connected' : `From ${account.email}`}
            </span>
            <span>
              <RelativeTime date={createdAt} />
            </span>
            {sandbox && <span>Only checked</span>}
          </span>
        </span>
        <StatusBadge status={status} />
      </button>
    </li>
  )
}
