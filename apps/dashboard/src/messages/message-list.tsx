import type { Account, Mailbox } from '@maildock/client'
import { useRef, type ReactNode } from 'react'
import { LoadFailure } from '../shell/load-failure.tsx'
import { useListKeys } from '../shell/use-shortcuts.ts'
import { LoadMore } from '../ui/load-more.tsx'
import { useNow } from '../ui/relative-time.tsx'
import { LoadingLabel, Skeleton } from '../ui/skeleton.tsx'
import { MessageRow } from './message-row.tsx'
import { useMessages } from './use-messages.ts'

export interface MessageListProps {
  readonly account: Account
  readonly mailbox: Mailbox
  readonly label: string
  /** What stands there while there are no messages. */
  readonly empty: ReactNode
}

/** The messages of a mailbox, newest first, a page at a time. Rows out of sight cost nothing (`lazy-row`). */
export function MessageList({ account, mailbox, label, empty }: MessageListProps) {
  const list = useRef<HTMLUListElement>(null)
  const now = useNow(60_000)
  useListKeys(list)
  const query = useMessages(account.id, mailbox.id)
  const { data } = query
  if (query.isPending) return <LoadingMessages />
  if (data === undefined) {
    return (
      <div className="p-4">
        <LoadFailure title="The messages could not be loaded" query={query} />
      </div>
    )
  }
  const messages = data.pages.flatMap((page) => page.messages)
  if (messages.length === 0) return empty
  const outgoing = mailbox.specialUse === '\\Sent' || mailbox.specialUse === '\\Drafts'
  return (
    <>
      <ul ref={list} aria-label={label}>
        {messages.map((message) => (
          <MessageRow key={message.id} message={message} mailboxId={mailbox.id} outgoing={outgoing} now={now} />
        ))}
      </ul>
      <LoadMore label="Load older messages" query={query} />
    </>
  )
}

export function LoadingMessages() {
  return (
    <div>
      <LoadingLabel what="messages" />
      {[0, 1, 2, 3, 4, 5, 6, 7].map((row) => (
        <div key={row} className="border-b border-line py-3 pr-4 pl-8">
          <div className="flex justify-between">
            <Skeleton className="h-4 w-32" />
            <Skeleton className="h-3.5 w-12" />
          </div>
          <Skeleton className="mt-2 h-3.5 w-56" />
          <Skeleton className="mt-2 h-3.5 w-full" />
        </div>
      ))}
    </div>
  )
}
