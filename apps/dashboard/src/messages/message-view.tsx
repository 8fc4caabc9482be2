import type { Correspondent, Message } from '@maildock/client'
import { ArrowLeft, Flag, Paperclip } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { LoadFailure } from '../shell/load-failure.tsx'
import { useTRPC } from '../shell/trpc.ts'
import { useEscape } from '../shell/use-shortcuts.ts'
import { initialOf } from '../ui/initial.ts'
import { LabelledIcon } from '../ui/labelled-icon.tsx'
import { describeFullDate } from '../ui/relative-date.ts'
import { LoadingLabel, Skeleton } from '../ui/skeleton.tsx'
import { describeCorrespondent, nameOf } from './correspondents.ts'
import { MessageActions } from './message-actions.tsx'
import { MessageBody } from './message-body.tsx'
import { describeSize } from './message-text.ts'
import { TextSkeleton } from './missing-text.tsx'

const ROUTE = '/app/accounts/$accountId/messages/$messageId'

/** One message, as plain text. */
export function MessageView() {
  const { accountId, messageId } = useParams({ from: ROUTE })
  const search = useSearch({ from: ROUTE })
  const trpc = useTRPC()
  const navigate = useNavigate()
  const query = useQuery(trpc.messages.get.queryOptions({ accountId, id: messageId }))
  const { data: message } = query
  const backToList = async () => {
    await navigate({ to: '/accounts/$accountId', params: { accountId }, search })
    document.querySelector<HTMLElement>(`[data-message-id="${CSS.escape(messageId)}"]`)?.focus()
  }
  useEscape(() => void backToList())
  return (
    <>
      <div className="border-b border-line bg-surface px-2 py-2 lg:hidden">
        <Link
          to="/accounts/$accountId"
          params={{ accountId }}
          search={search}
          className="inline-flex h-9 items-center gap-1.5 rounded-md px-2 text-sm text-muted hover:text-ink"
        >
          <ArrowLeft aria-hidden className="size-4" />
          Back to list
        </Link>
      </div>
      {message !== undefined ? (
        <OpenMessage key={message.id} message={message} />
      ) : query.error !== null ? (
        <div className="p-4 sm:p-8">
          <h1 className="sr-only">Message</h1>
          <LoadFailure title="The message could not be loaded" query={query} />
        </div>
      ) : (
        <LoadingMessage />
      )}
    </>
  )
}

function OpenMessage({ message }: { readonly message: Message }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // On a phone the list, and the focus with it, has just disappeared. Beside the list the focus stays there, for J and K.
    const focused = document.activeElement
    if (!(focused instanceof HTMLElement) || focused === document.body || focused.offsetParent === null) heading.current?.focus()
  }, [])
  const [sender] = message.from
  return (
    <article className="mx-auto w-full max-w-3xl px-4 py-6 sm:px-8 lg:py-8">
      <header className="border-b border-line pb-5">
        <h1 ref={heading} tabIndex={-1} className="text-xl font-semibold tracking-[-0.015em] break-words outline-none">
          {message.subject === '' ? '(no subject)' : message.subject}
          {message.flagged && (
            <>
              {' '}
              <LabelledIcon icon={Flag} label="Flagged" className="ml-1 size-4 fill-flag text-flag" />
            </>
          )}
        </h1>
        <div className="mt-4 flex items-start gap-3">
          <span
            aria-hidden
            className="inline-flex size-9 shrink-0 items-center justify-center rounded-full bg-accent-soft text-base font-semibold text-accent-ink uppercase"
          >
            {initialOf(sender === undefined ? '' : nameOf(sender))}
          </span>
          <dl className="min-w-0 grow text-sm">
            <AddressLine term="From" correspondents={message.from} strong />
            <AddressLine term="To" correspondents={message.to} />
            <AddressLine term="Cc" correspondents={message.cc} />
            <AddressLine term="Bcc" correspondents={message.bcc} />
          </dl>
          <time dateTime={message.receivedAt.toISOString()} className="hidden shrink-0 text-sm text-muted sm:block">
            {describeFullDate(message.receivedAt)}
          </time>
        </div>
        <time dateTime={message.receivedAt.toISOString()} className="mt-3 block text-sm text-muted sm:hidden">
          {describeFullDate(message.receivedAt)}
        </time>
      </header>
      <MessageBody message={message} />
      <Attachments message={message} />
      <MessageActions accountId={message.accountId} messageId={message.id} />
    </article>
  )
}

interface AddressLineProps {
  readonly term: string
  readonly correspondents: readonly Correspondent[]
  readonly strong?: boolean
}

function AddressLine({ term, correspondents, strong = false }: AddressLineProps) {
  if (correspondents.length === 0) return null
  return (
    <div className="flex gap-1.5">
      <dt className={strong ? 'sr-only' : 'shrink-0 text-faint'}>{term}</dt>
      <dd className={strong ? 'font-medium break-words' : 'min-w-0 break-words text-muted'}>
        {correspondents.map(describeCorrespondent).join(', ')}
      </dd>
    </div>
  )
}

function Attachments({ message: { attachments } }: { readonly message: Message }) {
  const shown = attachments.filter((attachment) => !attachment.inline || attachment.filename !== null)
  if (shown.length === 0) return null
  return (
    <section aria-label="Attachments" className="mt-8 border-t border-line pt-5">
      <h2 className="text-sm font-medium">{shown.length === 1 ? '1 attachment' : `${shown.length} attachments`}</h2>
      <ul className="mt-3 flex flex-wrap gap-2">
        {shown.map((attachment) => (
          <li
            key={attachment.part}
            className="flex max-w-full items-center gap-2 rounded-md border border-line bg-surface px-3 py-2 text-sm"
          >
            <Paperclip aria-hidden className="size-3.5 shrink-0 text-faint" />
            <span className="truncate">{attachment.filename ?? attachment.contentType}</span>
            <span className="shrink-0 text-muted tabular-nums">{describeSize(attachment.sizeOctets)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function LoadingMessage() {
  return (
    <div className="mx-auto w-full max-w-3xl px-4 py-6 sm:px-8 lg:py-8">
      <h1 className="sr-only">Message</h1>
      <LoadingLabel what="the message" />
      <Skeleton className="h-7 w-3/4" />
      <div className="mt-4 border-b border-line pb-5">
        <div className="flex gap-3">
          <Skeleton className="size-9 rounded-full" />
          <div className="grow">
            <Skeleton className="h-4 w-52" />
            <Skeleton className="mt-2 h-4 w-40" />
          </div>
        </div>
        <Skeleton className="mt-3 h-5 w-56 sm:hidden" />
      </div>
      <TextSkeleton />
    </div>
  )
}
