import type { SubmissionStatus } from '@maildock/client'
import { cx } from '../ui/cx.ts'
import { STATUS_WORDS, type SubmissionTone } from './describe-submission.ts'

const TONES: Readonly<Record<SubmissionTone, string>> = {
  good: 'border-line-strong text-good',
  neutral: 'border-line-strong text-muted',
  warn: 'border-warn-line bg-warn-soft text-warn',
  bad: 'border-bad-line bg-bad-soft text-bad',
}

/** How a submission stands, in a word. */
export function StatusBadge({ status }: { readonly status: SubmissionStatus }) {
  const { label, tone } = STATUS_WORDS[status]
  return (
    <span className={cx('inline-flex h-5 shrink-0 items-center rounded-full border px-2 text-xs font-medium', TONES[tone])}>{label}</span>
  )
}
