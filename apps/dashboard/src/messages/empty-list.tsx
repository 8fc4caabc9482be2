import type { Account } from '@maildock/client'
import { CalendarDays, CircleAlert, CircleSlash, FolderX, Hourglass, Inbox, type LucideIcon } from 'lucide-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { buttonClass } from '../ui/button.tsx'
import { describeAge, describeDay, describeDistance } from '../ui/relative-date.ts'
import { useNow } from '../ui/relative-time.tsx'
import type { EmptyListReason } from './explain-empty-list.ts'

export interface EmptyListProps {
  readonly account: Account
  readonly reason: EmptyListReason
  /** Name of the mailbox. */
  readonly label?: string | undefined
}

interface Words {
  readonly icon: LucideIcon
  readonly title: string
  readonly text: string
  /** Of an error, for whoever is asked for help. */
  readonly code?: string
  readonly action?: ReactNode
}

/** Why there is nothing in a list of messages, and what leads out of it where something does. */
export function EmptyList({ account, reason, label = 'This mailbox' }: EmptyListProps) {
  const now = useNow()
  const { icon: Icon, title, text, code, action } = describe({ account, reason, label, now })
  return (
    <div className="m-auto flex max-w-92 flex-col items-center gap-3 px-8 py-16 text-center text-sm text-muted">
      <Icon aria-hidden className="size-8 stroke-[1.25] text-faint" />
      <p className="max-w-full text-balance break-words">
        <strong className="mb-0.5 block text-base font-medium text-ink">{title}</strong>
        {text}
        {code !== undefined && <span className="mt-1 block text-xs">{code}</span>}
      </p>
      {action}
    </div>
  )
}

interface Described extends Required<EmptyListProps> {
  readonly label: string
  readonly now: Date
}

function describe({ account, reason, label, now }: Described): Words {
  switch (reason.kind) {
    case 'no_mailbox':
      return {
        icon: FolderX,
        title: 'This mailbox is not there any more',
        text: 'It was deleted or renamed on the mail server.',
        action: <OpenInbox account={account} />,
      }
    case 'left_out':
      return {
        icon: CircleSlash,
        title: `${label} is left out of the sync`,
        text: 'Its mail stays on the mail server and is not shown here.',
        action: <EditLink account={account} section="mailboxes" label="Choose mailboxes" />,
      }
    case 'account_error':
      return { icon: CircleAlert, ...describeAccountError(reason.readAt, label, now) }
    case 'mailbox_error':
      return {
        icon: CircleAlert,
        title: `${label} cannot be read at the moment`,
        text: `${reason.error.message} ${describeNextAttempt(reason.error.nextAttemptAt, now)}`,
        code: reason.error.code,
        action: <EditLink account={account} section="mailboxes" label="Choose mailboxes" />,
      }
    case 'arriving':
      return { icon: Hourglass, title: 'Mail is on its way', text: describeArriving(reason.messagesExpected) }
    case 'window':
      return {
        icon: CalendarDays,
        title: `Nothing since ${describeDay(reason.syncFrom)}`,
        text: 'Older mail is not synchronised and stays on the mail server. New mail appears here by itself.',
        action: <EditLink account={account} section="window" label="Change the day" />,
      }
    case 'empty':
      return { icon: Inbox, title: `${label} is empty`, text: 'New mail appears here by itself.' }
    default:
      return reason satisfies never
  }
}

/** The notice above the list tells what is wrong and what would repair it. */
function describeAccountError(readAt: Date | null, label: string, now: Date): Pick<Words, 'title' | 'text'> {
  return readAt === null
    ? { title: 'Nothing could be read yet', text: 'Mail appears here once the account can be synchronised.' }
    : {
        title: `${label} was empty when it was last read`,
        text: `That was ${describeAge(readAt, now)}. New mail appears here once the account can be synchronised again.`,
      }
}

function describeNextAttempt(nextAttemptAt: Date | null, now: Date): string {
  return nextAttemptAt === null || nextAttemptAt <= now
    ? 'It is tried again with the next sync.'
    : `It is tried again ${describeDistance(nextAttemptAt, now)}.`
}

function describeArriving(messagesExpected: number): string {
  if (messagesExpected === 0) return 'The first sync brings the inbox first, newest mail first.'
  const count = messagesExpected === 1 ? '1 message is' : `${messagesExpected.toLocaleString()} messages are`
  return `${count} still to come, the newest first.`
}

function EditLink({
  account,
  section,
  label,
}: {
  readonly account: Account
  readonly section: 'mailboxes' | 'window'
  readonly label: string
}) {
  return (
    <Link to="/accounts/$accountId/edit" params={{ accountId: account.id }} hash={section} className={buttonClass('secondary', 'sm')}>
      {label}
    </Link>
  )
}

function OpenInbox({ account }: { readonly account: Account }) {
  return (
    <Link to="/accounts/$accountId" params={{ accountId: account.id }} search={{}} className={buttonClass('secondary', 'sm')}>
      Open the inbox
    </Link>
  )
}
