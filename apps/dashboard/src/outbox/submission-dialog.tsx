import type { Submission, SubmissionSummary } from '@maildock/client'
import type { ReactNode } from 'react'
import { useState } from 'react'
import { describeFailure } from '../shell/failure-message.ts'
import { LoadFailure } from '../shell/load-failure.tsx'
import { Button } from '../ui/button.tsx'
import { Modal } from '../ui/modal.tsx'
import { Notice } from '../ui/notice.tsx'
import { describeFullDate } from '../ui/relative-date.ts'
import { LoadingLabel, Skeleton } from '../ui/skeleton.tsx'
import { canCancel, canRetry, COPY_WORDS, RECIPIENT_WORDS, STATUS_WORDS } from './describe-submission.ts'
import { StatusBadge } from './status-badge.tsx'
import { useCancelSubmission, useRetrySubmission, useSubmission } from './use-submissions.ts'

export interface SubmissionDialogProps {
  readonly summary: SubmissionSummary
  readonly onClose: () => void
}

/** Everything that is known of a submission, and what its owner can do about it. */
export function SubmissionDialog({ summary, onClose }: SubmissionDialogProps) {
  const query = useSubmission(summary.id)
  const { data: submission, isPending } = query
  return (
    <Modal
      wide
      reading
      title={summary.subject === '' ? 'No subject' : summary.subject}
      onClose={onClose}
      footer={submission !== undefined && (canCancel(submission) || canRetry(submission)) ? <Actions submission={submission} /> : undefined}
    >
      {isPending ? (
        <div>
          <LoadingLabel what="the message" />
          <Skeleton className="h-4 w-64 max-w-full" />
          <Skeleton className="mt-3 h-4 w-48" />
          <Skeleton className="mt-3 h-4 w-56 max-w-full" />
        </div>
      ) : submission === undefined ? (
        <LoadFailure title="The message could not be loaded" query={query} />
      ) : (
        <Details submission={submission} />
      )}
    </Modal>
  )
}

function Details({
  submission: { status, recipients, history, scheduledAt, nextAttemptAt, sentCopy },
}: {
  readonly submission: Submission
}) {
  return (
    <div className="space-y-5 text-sm">
      <div className="flex flex-wrap items-center gap-2">
        <StatusBadge status={status} />
        <span className="text-muted">{STATUS_WORDS[status].meaning}</span>
        {nextAttemptAt !== null && (
          <span className="text-muted">
            {status === 'accepted' && scheduledAt !== null ? 'It is sent' : 'Next attempt'} {describeFullDate(nextAttemptAt)}.
          </span>
        )}
      </div>
      <Part title="Recipients">
        <ul className="divide-y divide-line rounded-lg border border-line">
          {recipients.map((recipient) => (
            <li key={`${recipient.kind} ${recipient.email}`} className="px-3.5 py-2.5">
              <p className="flex flex-wrap justify-between gap-x-4">
                <span className="break-all">
                  {recipient.email}
                  {recipient.kind !== 'to' && <span className="text-muted"> ({recipient.kind})</span>}
                </span>
                <span className="text-muted">{RECIPIENT_WORDS[recipient.status]}</span>
              </p>
              <ServerWords response={recipient.response} />
            </li>
          ))}
        </ul>
      </Part>
      <Part title="History">
        <ol className="space-y-2">
          {history.map((step) => (
            // Steps are only ever added, and no two have the same place in time and state.
            <li key={`${step.at.toISOString()} ${step.status} ${step.code ?? ''}`}>
              <p className="flex flex-wrap justify-between gap-x-4">
                <span>{STATUS_WORDS[step.status].label}</span>
                <time dateTime={step.at.toISOString()} className="text-muted">
                  {describeFullDate(step.at)}
                </time>
              </p>
              <ServerWords response={step.response} />
            </li>
          ))}
        </ol>
      </Part>
      {COPY_WORDS[sentCopy.status] !== null && (
        <Part title="Copy">
          <p>{COPY_WORDS[sentCopy.status]}</p>
          <ServerWords response={sentCopy.response} />
        </Part>
      )}
    </div>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-2 font-medium">{title}</h3>
      {children}
    </section>
  )
}

function ServerWords({ response }: { readonly response: string | null }) {
  return response === null ? null : <p className="mt-0.5 font-mono text-xs break-words text-muted">{response}</p>
}

function Actions({ submission }: { readonly submission: Submission }) {
  const cancel = useCancelSubmission()
  const retry = useRetrySubmission()
  const [asking, setAsking] = useState(false)
  const failure = cancel.error ?? retry.error
  const { id, status } = submission
  const sendAgain = () => {
    setAsking(false)
    retry.mutate({ messageId: id })
  }
  return (
    <>
      {failure !== null && (
        <div className="w-full">
          <Notice tone="bad" announce title={cancel.error === null ? 'The message was not sent again' : 'The message was not cancelled'}>
            {describeFailure(failure).text}
          </Notice>
        </div>
      )}
      {asking && (
        <div className="w-full">
          <Notice
            tone="warn"
            announce
            title="It may arrive twice"
            action={
              <Button size="sm" onClick={sendAgain}>
                Send it anyway
              </Button>
            }
          >
            Nobody can tell whether the mail server took it. Whoever got it would get it once more.
          </Notice>
        </div>
      )}
      {canCancel(submission) && (
        <Button tone="danger-outline" busy={cancel.isPending} onClick={() => cancel.mutate({ messageId: id })}>
          Cancel message
        </Button>
      )}
      {canRetry(submission) && !asking && (
        <Button tone="primary" busy={retry.isPending} onClick={status === 'unknown' ? () => setAsking(true) : sendAgain}>
          {status === 'deferred' ? 'Send now' : 'Send again'}
        </Button>
      )}
    </>
  )
}
