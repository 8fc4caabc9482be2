import { Link } from '@tanstack/react-router'
import { cx } from '../ui/cx.ts'
import { MailboxIcon } from './mailbox-icon.tsx'
import { findInbox, orderMailboxes } from './mailbox-order.ts'
import { useMailboxes } from './use-mailboxes.ts'

const INDENTS = ['pl-6', 'pl-9', 'pl-12', 'pl-15'] as const

export interface MailboxNavProps {
  readonly accountId: string
  /** The mailbox that is shown; undefined: the inbox. */
  readonly selectedId: string | undefined
}

/** The mailboxes of the open account, beneath it in the navigation. */
export function MailboxNav({ accountId, selectedId }: MailboxNavProps) {
  const { data: mailboxes = [] } = useMailboxes(accountId)
  const openId = selectedId ?? findInbox(mailboxes)?.id
  return (
    <ul className="mt-0.5 mb-2 flex flex-col gap-0.5">
      {orderMailboxes(mailboxes).map(({ mailbox, label, depth }) => (
        <li key={mailbox.id}>
          <Link
            to="/accounts/$accountId"
            params={{ accountId }}
            search={{ mailbox: mailbox.id }}
            aria-current={mailbox.id === openId ? 'page' : undefined}
            className={cx(
              'flex h-7.5 items-center gap-2.5 rounded-md pr-2 text-sm transition-colors',
              INDENTS[depth],
              mailbox.id === openId ? 'bg-active font-medium text-ink' : 'text-muted hover:bg-hover hover:text-ink',
            )}
          >
            <MailboxIcon mailbox={mailbox} />
            <span className="min-w-0 grow truncate">{label}</span>
            {!mailbox.synced && <span className="shrink-0 text-xs text-muted">Left out</span>}
            {mailbox.messagesUnseen > 0 && (
              <span className="text-xs text-muted tabular-nums">
                {mailbox.messagesUnseen.toLocaleString()}
                <span className="sr-only"> unread</span>
              </span>
            )}
          </Link>
        </li>
      ))}
    </ul>
  )
}
