import type { Message } from '@maildock/client'
import { cx } from '../ui/cx.ts'
import { splitQuotes } from './message-text.ts'
import { MissingText } from './missing-text.tsx'

const QUOTES = ['', 'border-l-2 border-line-strong pl-3 text-muted', 'ml-3.5 border-l-2 border-line-strong pl-3 text-muted'] as const

/** The text of a message, quotations set apart; or why there is none. Never HTML: text nodes only. */
export function MessageBody({ message }: { readonly message: Message }) {
  if (message.text === null || message.text.trim() === '') return <MissingText message={message} />
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
