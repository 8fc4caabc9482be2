import type { Message } from '@maildock/client'
import { cx } from '../ui/cx.ts'
import { Notice } from '../ui/notice.tsx'
import { describeSize, splitQuotes } from './message-text.ts'

const QUOTES = ['', 'border-l-2 border-line-strong pl-3 text-muted', 'ml-3.5 border-l-2 border-line-strong pl-3 text-muted'] as const

/** The text of a message, quotations set apart; or why there is none. Never HTML: text nodes only. */
export function MessageBody({ message }: { readonly message: Message }) {
  if (message.text === null || message.text.trim() === '') {
    return (
      <div className="mt-6">
        <Notice tone="info" title="There is no text to show">
          {explainMissingText(message)}
        </Notice>
      </div>
    )
  }
  return (
    <div className="mt-6 flex flex-col gap-3 text-base leading-relaxed">
      {splitQuotes(message.text).map((block, index) => (
        // Blocks have no identity but their place; they never move.
        // oxlint-disable-next-line react/no-array-index-key
        <p key={index} className={cx('max-w-[76ch] break-words whitespace-pre-wrap', QUOTES[Math.min(block.depth, 2)])}>
          {block.text.replace(/^\n+|\n+$/gu, '')}
        </p>
      ))}
    </div>
  )
}

function explainMissingText({ bodyState, sizeOctets }: Message): string {
  switch (bodyState) {
    case 'pending':
      return 'The text of this message is on its way from the mail server.'
    case 'stored':
      return 'The message has no plain-text part. Formatted mail cannot be shown here yet.'
    case 'too_large':
      return `At ${describeSize(sizeOctets)} the message is too large to be stored whole. It is complete on the mail server.`
    case 'unparsable':
      return 'The message is not built as mail should be. It is stored as it came, and complete on the mail server.'
    default:
      return bodyState satisfies never
  }
}
