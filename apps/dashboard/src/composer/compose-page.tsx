import type { Draft } from '@maildock/client'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useAccounts } from '../accounts/use-accounts.ts'
import { LoadFailure } from '../shell/load-failure.tsx'
import { useTRPC } from '../shell/trpc.ts'
import { buttonClass } from '../ui/button.tsx'
import { Page } from '../ui/page.tsx'
import { LoadingLabel, Skeleton } from '../ui/skeleton.tsx'
import { EMPTY_COMPOSITION, type Composition } from './compose-form.ts'
import { readComposeStart, type ComposeStart } from './compose-search.ts'
import { Composer } from './composer.tsx'
import { explainQuote } from './explain-quote.ts'
import { quoteToHtml } from './quote-to-html.ts'
import { writeRecipient } from './recipients.ts'

/** Writing a message: a new one, an answer, a forward, or a draft. */
export function ComposePage() {
  const start = readComposeStart(useSearch({ from: '/app/compose' }))
  return (
    <Page
      title={TITLES[start.kind === 'quote' ? start.mode : start.kind]}
      narrow
      actions={
        <Link to="/drafts" className={buttonClass('quiet')}>
          Drafts
        </Link>
      }
    >
      <Start key={JSON.stringify(start)} start={start} />
    </Page>
  )
}

const TITLES = { blank: 'New message', draft: 'Draft', reply: 'Reply', reply_all: 'Reply to all', forward: 'Forward' } as const

function Start({ start }: { readonly start: ComposeStart }) {
  switch (start.kind) {
    case 'draft':
      return <StartFromDraft draftId={start.draftId} />
    case 'quote':
      return <StartFromQuote start={start} />
    case 'blank':
      return <WithAccounts initial={{ ...EMPTY_COMPOSITION, accountId: start.accountId }} draft={null} />
    default:
      return start satisfies never
  }
}

/** Opened to be written on: what comes later must not replace what was typed, and the next time it is asked for anew. */
const ASKED_ONCE = { gcTime: 0, staleTime: Number.POSITIVE_INFINITY }

function StartFromDraft({ draftId }: { readonly draftId: string }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.drafts.get.queryOptions({ draftId }, ASKED_ONCE))
  if (query.isPending) return <LoadingComposer what="the draft" />
  if (query.data === undefined) return <LoadFailure title="The draft could not be loaded" query={query} />
  return <WithAccounts initial={query.data.content} draft={query.data} />
}

function StartFromQuote({ start: { accountId, id, mode } }: { readonly start: Extract<ComposeStart, { kind: 'quote' }> }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.messages.quote.queryOptions({ accountId, id, mode }, ASKED_ONCE))
  if (query.isPending) return <LoadingComposer what="the message" />
  if (query.data === undefined) return <LoadFailure title="The message could not be loaded" query={query} />
  const { subject, to, cc, text, attachments } = query.data
  const note = explainQuote(query.data)
  const initial: Composition = {
    ...EMPTY_COMPOSITION,
    accountId,
    subject,
    to: to.map(writeRecipient),
    cc: cc.map(writeRecipient),
    html: `<p></p>${quoteToHtml(text)}`,
    inReplyToMessage: mode === 'forward' ? null : id,
    forwardOfMessage: mode === 'forward' && attachments.length > 0 ? id : null,
  }
  return <WithAccounts initial={initial} draft={null} note={note} />
}

interface WithAccountsProps {
  readonly initial: Composition
  readonly draft: Draft | null
  readonly note?: string | null
}

function WithAccounts({ initial, draft, note = null }: WithAccountsProps) {
  const query = useAccounts()
  if (query.isPending) return <LoadingComposer what="your accounts" />
  if (query.data === undefined) return <LoadFailure title="Your accounts could not be loaded" query={query} />
  return <Composer accounts={query.data} initial={initial} draft={draft} note={note} />
}

function LoadingComposer({ what }: { readonly what: string }) {
  return (
    <div className="rounded-xl border border-line bg-surface px-5 py-4 shadow-low">
      <LoadingLabel what={what} />
      <Skeleton className="h-6 w-72 max-w-full" />
      <Skeleton className="mt-4 h-6 w-96 max-w-full" />
      <Skeleton className="mt-4 h-40 w-full" />
    </div>
  )
}
