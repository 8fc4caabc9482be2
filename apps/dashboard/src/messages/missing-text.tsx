import type { Message } from '@maildock/client'
import { Link } from '@tanstack/react-router'
import { useAccounts } from '../accounts/use-accounts.ts'
import { useLive } from '../shell/live.tsx'
import { buttonClass } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { explainMissingText, type MissingTextReason } from './explain-missing-text.ts'
import { describeSize } from './message-text.ts'
import { useMailboxes } from './use-mailboxes.ts'

/** What stands where the text of a message would: that it is coming, or why it is not there. */
export function MissingText({ message }: { readonly message: Message }) {
  const { accountId } = message
  const { data: accounts } = useAccounts()
  const { data: mailboxes } = useMailboxes(accountId)
  const { progress } = useLive()
  const account = accounts?.find(({ id }) => id === accountId)
  const reason = explainMissingText({ message, account, mailboxes, progress: progress.get(accountId) })
  if (reason === 'arriving') return <ArrivingText />
  const { title, text, remedy } = WORDS[reason]
  return (
    <div className="mt-6">
      <Notice
        tone="info"
        title={title}
        action={
          remedy === undefined ? undefined : (
            <Link to="/accounts/$accountId/edit" params={{ accountId }} hash={remedy.hash ?? ''} className={buttonClass('secondary', 'sm')}>
              {remedy.label}
            </Link>
          )
        }
      >
        {text}
        {reason === 'given_up' && ` Its size is ${describeSize(message.sizeOctets)}.`}
      </Notice>
    </div>
  )
}

/** Lines where the text will be: as while the message itself is read, so that nothing jumps. */
export function TextSkeleton() {
  return (
    <div className="mt-6">
      <Skeleton className="h-4 w-full" />
      <Skeleton className="mt-2.5 h-4 w-11/12" />
      <Skeleton className="mt-2.5 h-4 w-4/5" />
    </div>
  )
}

function ArrivingText() {
  return (
    <>
      <TextSkeleton />
      <output className="mt-4 block text-sm text-muted">The text is on its way from the mail server. It appears here by itself.</output>
    </>
  )
}

interface Words {
  readonly title: string
  readonly text: string
  /** What can be done about it, on the account's page. */
  readonly remedy?: { readonly label: string; readonly hash?: string }
}

/** Total: a new reason does not compile until somebody has found words for it. */
const WORDS: Readonly<Record<Exclude<MissingTextReason, 'arriving'>, Words>> = {
  withheld: {
    title: 'The text is not here yet',
    text: 'The mail server has not handed it over so far. It is asked for again, and the text appears here by itself once it comes.',
  },
  account_error: {
    title: 'The text is not here yet',
    text: 'The account cannot be synchronised at the moment. The text appears here by itself once it can.',
    remedy: { label: 'See what is wrong' },
  },
  mailbox_error: {
    title: 'The text is not here yet',
    text: 'The mailbox of this message cannot be read at the moment. The text appears here by itself once it can.',
    remedy: { label: 'See what is wrong', hash: 'mailboxes' },
  },
  left_out: {
    title: 'The text was not fetched',
    text: 'The mailbox of this message is left out of the sync. Once it is taken in again, the text comes.',
    remedy: { label: 'Choose mailboxes', hash: 'mailboxes' },
  },
  gone: {
    title: 'The text was not fetched',
    text: 'The message left its mailbox before that. If it turns up in another one, its text comes with it.',
  },
  no_text: {
    title: 'There is no text to show',
    text: 'The message is empty, or has nothing but pictures and attachments.',
  },
  given_up: {
    title: 'The text is not stored here',
    text: 'The message is larger than what is stored, or its mail server could not hand it over. It is still on the mail server.',
  },
  unparsable: {
    title: 'The text cannot be shown',
    text: 'The message is not built as mail should be. It is stored as it came, and complete on the mail server.',
  },
}
