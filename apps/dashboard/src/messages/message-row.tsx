import type { MessageSummary } from '@maildock/client'
import { Flag, Paperclip, Reply } from 'lucide-react'
import { Link } from '@tanstack/react-router'
import { cx } from '../ui/cx.ts'
import { LabelledIcon } from '../ui/labelled-icon.tsx'
import { describeFullDate, describeMessageDate } from '../ui/relative-date.ts'
import { summarizeCorrespondents } from './correspondents.ts'

export interface MessageRowProps {
  readonly message: MessageSummary
  readonly mailboxId: string
  /** Sent and drafts name who it is for, not who it is from. */
  readonly outgoing: boolean
  readonly now: Date
}

/** A message in a list: who, when, what about, and the beginning of it. */
export function MessageRow({ message, mailboxId, outgoing, now }: MessageRowProps) {
  const who = outgoing
    ? `To: ${summarizeCorrespondents(message.to, 'nobody yet')}`
    : summarizeCorrespondents(message.from, 'Unknown sender')
  return (
    <li className="lazy-row border-b border-line">
      <Link
        to="/accounts/$accountId/messages/$messageId"
        params={{ accountId: message.accountId, messageId: message.id }}
        search={{ mailbox: mailboxId }}
        data-list-item
        data-message-id={message.id}
        activeProps={{ className: 'bg-active', 'aria-current': 'true' }}
        inactiveProps={{ className: 'hover:bg-hover' }}
        className="relative block py-2.5 pr-4 pl-8 -outline-offset-2! transition-colors"
      >
        {!message.seen && <span aria-hidden className="absolute top-[1.3125rem] left-3.5 size-2 -translate-y-1/2 rounded-full bg-accent" />}
        <span className="flex items-baseline gap-3">
          {!message.seen && <span className="sr-only">Unread. </span>}
          <span className={cx('min-w-0 grow truncate', message.seen ? 'text-ink' : 'font-semibold text-ink')}>{who}</span>
          <Marks message={message} />
          <time
            dateTime={message.receivedAt.toISOString()}
            title={describeFullDate(message.receivedAt)}
            className="shrink-0 text-xs text-muted tabular-nums"
          >
            {describeMessageDate(message.receivedAt, now)}
          </time>
        </span>
        <span className={cx('mt-0.5 block truncate text-sm', message.seen ? 'text-ink' : 'font-medium text-ink')}>
          {message.subject === '' ? <span className="text-muted">(no subject)</span> : message.subject}
        </span>
        <span className="mt-0.5 block truncate text-sm text-muted">{message.snippet === '' ? '\u00a0' : message.snippet}</span>
      </Link>
    </li>
  )
}

function Marks({ message }: { readonly message: MessageSummary }) {
  return (
    <span className="flex shrink-0 items-center gap-1.5 self-center text-faint">
      {message.draft && <span className="text-xs text-bad">Draft</span>}
      {message.answered && <LabelledIcon icon={Reply} label="Answered" className="size-3.5" />}
      {message.hasAttachments && <LabelledIcon icon={Paperclip} label="Has attachments" className="size-3.5" />}
      {message.flagged && <LabelledIcon icon={Flag} label="Flagged" className="size-3.5 fill-flag text-flag" />}
    </span>
  )
}
