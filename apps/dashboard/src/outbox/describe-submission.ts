import type { RecipientStatus, Submission, SubmissionStatus, SubmissionSummary } from '@maildock/client'

export type SubmissionTone = 'good' | 'neutral' | 'warn' | 'bad'

export interface StatusWords {
  readonly label: string
  /** One sentence on what it means. */
  readonly meaning: string
  readonly tone: SubmissionTone
}

/** Total on purpose: a new status does not compile until somebody has found words for it. */
export const STATUS_WORDS: Readonly<Record<SubmissionStatus, StatusWords>> = {
  accepted: { label: 'Waiting', meaning: 'It waits for its first attempt.', tone: 'neutral' },
  sending: { label: 'Sending', meaning: 'It is being handed to the mail server.', tone: 'neutral' },
  deferred: { label: 'Trying again', meaning: 'The mail server could not take it yet. It is tried again for 48 hours.', tone: 'warn' },
  sent: { label: 'Sent', meaning: 'The mail server took it.', tone: 'good' },
  failed: { label: 'Failed', meaning: 'The mail server took it for nobody.', tone: 'bad' },
  unknown: {
    label: 'Unknown',
    meaning: 'The connection was lost before the mail server answered. It may have been sent, and is not sent again by itself.',
    tone: 'warn',
  },
  cancelled: { label: 'Cancelled', meaning: 'It was taken back before it was sent.', tone: 'neutral' },
}

export const RECIPIENT_WORDS: Readonly<Record<RecipientStatus, string>> = {
  pending: 'Not yet',
  accepted: 'Taken by the mail server',
  refused: 'Refused',
  unknown: 'Unknown',
  bounced: 'Came back',
  complained: 'Complained',
}

/** What became of the copy among what was sent; null: nothing that is worth a word. Total on purpose. */
export const COPY_WORDS: Readonly<Record<Submission['sentCopy']['status'], string | null>> = {
  none: null,
  owed: 'A copy is about to be put into the Sent mailbox.',
  filed: 'A copy is in the Sent mailbox.',
  found: 'A copy is in the Sent mailbox.',
  provider: 'The mail provider keeps a copy by itself.',
  failed: 'No copy could be put into the Sent mailbox.',
}

type Stated = Pick<SubmissionSummary, 'status'>

/** Whether it may change by itself. */
export const isUnderWay = ({ status }: Stated): boolean => status === 'accepted' || status === 'sending' || status === 'deferred'

export const canCancel = ({ status }: Stated): boolean => status === 'accepted' || status === 'deferred'

export const canRetry = ({ status }: Stated): boolean => status === 'deferred' || status === 'failed' || status === 'unknown'

/** Who gets it: "a@example.com, b@example.com and 3 more". */
export function describeRecipients({ recipients, recipientCount }: Pick<SubmissionSummary, 'recipients' | 'recipientCount'>): string {
  const shown = recipients.slice(0, 2).map(({ email }) => email)
  const others = recipientCount - shown.length
  return others === 0 ? shown.join(', ') : `${shown.join(', ')} and ${others} more`
}

/** Whether somebody's mail came back although the mail server had taken it. */
export const hasComeBack = ({ recipients }: Pick<SubmissionSummary, 'recipients'>): boolean =>
  recipients.some(({ status }) => status === 'bounced' || status === 'complained')
