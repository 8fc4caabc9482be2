import type { SuppressionReason } from '@maildock/client'

export interface ReasonWords {
  readonly label: string
  /** What follows from taking such an address off the list. */
  readonly afterwards: string
}

/** Total on purpose: a new reason does not compile until somebody has found words for it. */
export const REASON_WORDS: Readonly<Record<SuppressionReason, ReasonWords>> = {
  bounce: {
    label: 'Mail came back',
    afterwards:
      'The next message is sent to it again. Should that come back too, it is put on the list again: mail servers remember who writes to addresses that are not there.',
  },
  complaint: {
    label: 'Complained',
    afterwards:
      'Its reader has said that your mail is not wanted. Write again only if you were asked to: complaints make mail servers refuse all your mail.',
  },
  manual: { label: 'Added by hand', afterwards: 'The next message is sent to it again.' },
}
