import type { DraftSummary } from '@maildock/client'
import { FilePen, Paperclip, Trash2 } from 'lucide-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { describeFailure } from '../shell/failure-message.ts'
import { LoadFailure } from '../shell/load-failure.tsx'
import { useTRPC } from '../shell/trpc.ts'
import { buttonClass, IconButton } from '../ui/button.tsx'
import { EmptyPage } from '../ui/empty-page.tsx'
import { LabelledIcon } from '../ui/labelled-icon.tsx'
import { LIST_BOX } from '../ui/list-box.ts'
import { Page } from '../ui/page.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { LoadingLabel, Skeleton } from '../ui/skeleton.tsx'
import { useToast } from '../ui/toast.tsx'

/** Messages that are not finished. */
export function DraftsPage() {
  return (
    <Page
      title="Drafts"
      description="What you began to write. It is kept here, on every device you sign in on."
      actions={
        <Link to="/compose" className={buttonClass('primary')}>
          New message
        </Link>
      }
    >
      <Drafts />
    </Page>
  )
}

function Drafts() {
  const trpc = useTRPC()
  const query = useQuery(trpc.drafts.list.queryOptions())
  const { data: drafts } = query
  if (query.isPending) return <LoadingRows />
  if (drafts === undefined) return <LoadFailure title="The drafts could not be loaded" query={query} />
  if (drafts.length === 0) {
    return (
      <EmptyPage icon={FilePen} label="No drafts" title="No drafts">
        A message you begin to write is kept here until you send it.
      </EmptyPage>
    )
  }
  return (
    <ul aria-label="Drafts" className={LIST_BOX}>
      {drafts.map((draft) => (
        <DraftRow key={draft.draftId} draft={draft} />
      ))}
    </ul>
  )
}

function DraftRow({ draft: { draftId, subject, to, attachmentCount, updatedAt } }: { readonly draft: DraftSummary }) {
  const remove = useRemoveDraft()
  const title = subject === '' ? 'No subject' : subject
  return (
    <li className="flex items-center gap-2 pr-3">
      <Link to="/compose" search={{ draft: draftId }} className="min-w-0 grow px-4 py-3.5 text-sm hover:bg-hover sm:px-5">
        <span className="flex items-center gap-2">
          <span className="truncate text-base font-medium">{title}</span>
          {attachmentCount > 0 && <LabelledIcon icon={Paperclip} label="With files" className="size-3.5 text-faint" />}
        </span>
        <span className="mt-0.5 flex flex-wrap gap-x-3 text-muted">
          <span className="max-w-full truncate">{to.length === 0 ? 'To nobody yet' : `To ${to.join(', ')}`}</span>
          <RelativeTime date={updatedAt} />
        </span>
      </Link>
      <IconButton label={`Delete ${title}`} disabled={remove.isPending} onClick={() => remove.mutate({ draftId })}>
        <Trash2 aria-hidden className="size-4" />
      </IconButton>
    </li>
  )
}

function useRemoveDraft() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const toast = useToast()
  return useMutation(
    trpc.drafts.remove.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.drafts.pathFilter())
        toast({ tone: 'good', text: 'The draft is deleted.' })
      },
      onError: (error) => toast({ tone: 'bad', text: describeFailure(error).text }),
    }),
  )
}

function LoadingRows() {
  return (
    <div className={LIST_BOX}>
      <LoadingLabel what="the drafts" />
      {[0, 1, 2].map((row) => (
        <div key={row} className="px-5 py-3.5">
          <Skeleton className="h-4 w-56 max-w-full" />
          <Skeleton className="mt-2 h-3.5 w-72 max-w-full" />
        </div>
      ))}
    </div>
  )
}
