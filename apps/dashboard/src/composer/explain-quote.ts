import type { Quote } from '@maildock/client'

/** What is missing of a quoted message, and why. Null: nothing is. */
export function explainQuote({ bodyState, complete }: Pick<Quote, 'bodyState' | 'complete'>): string | null {
  if (bodyState === 'pending') return 'The text of this message is still on its way: it is not quoted.'
  if (bodyState === 'too_large') return 'The text of this message is not stored: it is not quoted.'
  return complete ? null : 'This message is very long: its end is not quoted.'
}
