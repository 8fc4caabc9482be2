import type { Account, Mailbox } from '@maildock/client'
import { Outlet, useMatch, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { MailOpen } from 'lucide-react'
import { useAccounts } from '../accounts/use-accounts.ts'
import { NotFoundPage } from '../shell/error-page.tsx'
import { useLive } from '../shell/live.tsx'
import { LoadFailure } from '../shell/load-failure.tsx'
import { cx } from '../ui/cx.ts'
import { EmptyList } from './empty-list.tsx'
import { explainEmptyList } from './explain-empty-list.ts'
import { MailHeader } from './mail-header.tsx'
import { findInbox, labelOf } from './mailbox-order.ts'
import { LoadingMessages, MessageList } from './message-list.tsx'
import { useMailboxes } from './use-mailboxes.ts'

const ROUTE = '/app/accounts/$accountId'

/** An account's mail: the list, and the message that is open beside it; on a phone one or the other. */
export function MailPage() {
  const { accountId } = useParams({ from: ROUTE })
  const { mailbox: mailboxId } = useSearch({ from: ROUTE })
  const reading = useMatch({ from: '/app/accounts/$accountId/messages/$messageId', shouldThrow: false }) !== undefined
  const accounts = useAccounts()
  const mailboxes = useMailboxes(accountId)
  const navigate = useNavigate()
  const account = accounts.data?.find((candidate) => candidate.id === accountId)
  if (accounts.data !== undefined && account === undefined) return <NotFoundPage />

  const open = mailboxId === undefined ? findInbox(mailboxes.data ?? []) : mailboxes.data?.find((mailbox) => mailbox.id === mailboxId)
  return (
    <div className="flex min-h-0 grow lg:h-dvh">
      <section
        aria-label="Messages"
        className={cx(
          'w-full flex-col border-line bg-surface pb-20 lg:flex lg:w-100 lg:shrink-0 lg:overflow-y-auto lg:border-r lg:pb-0',
          reading ? 'hidden' : 'flex',
        )}
      >
        <MailHeader
          account={account}
          mailboxes={mailboxes.data ?? []}
          open={open}
          onOpen={(mailbox) => void navigate({ to: '/accounts/$accountId', params: { accountId }, search: { mailbox: mailbox.id } })}
        />
        {mailboxes.error !== null && mailboxes.data === undefined ? (
          <div className="p-4">
            <LoadFailure title="The mail could not be loaded" query={mailboxes} />
          </div>
        ) : mailboxes.data === undefined || account === undefined ? (
          <LoadingMessages />
        ) : (
          <MailboxMessages account={account} mailboxes={mailboxes.data} open={open} />
        )}
      </section>
      <section
        aria-label="Message"
        className={cx('min-w-0 grow flex-col bg-surface pb-20 lg:flex lg:overflow-y-auto lg:pb-0', reading ? 'flex' : 'hidden')}
      >
        {reading ? <Outlet /> : <NothingOpen />}
      </section>
    </div>
  )
}

interface MailboxMessagesProps {
  readonly account: Account
  readonly mailboxes: readonly Mailbox[]
  readonly open: Mailbox | undefined
}

function MailboxMessages({ account, mailboxes, open }: MailboxMessagesProps) {
  const { progress } = useLive()
  const label = open === undefined ? undefined : labelOf(open)
  const reason = explainEmptyList({ account, mailboxes, mailbox: open, progress: progress.get(account.id) })
  const empty = <EmptyList account={account} reason={reason} label={label} />
  return open === undefined ? empty : <MessageList key={open.id} account={account} mailbox={open} label={labelOf(open)} empty={empty} />
}

function NothingOpen() {
  return (
    <div className="m-auto flex flex-col items-center gap-3 p-8 text-center text-sm text-muted">
      <MailOpen aria-hidden className="size-8 stroke-[1.25] text-faint" />
      <p>
        Choose a message to read it.
        <br />
        Move with <kbd className="font-sans font-medium text-ink">J</kbd> and <kbd className="font-sans font-medium text-ink">K</kbd>, open
        with <kbd className="font-sans font-medium text-ink">Enter</kbd>.
      </p>
    </div>
  )
}
