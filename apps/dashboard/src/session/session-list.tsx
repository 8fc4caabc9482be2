import type { SessionSummary } from '@maildock/client'
import { MonitorSmartphone } from 'lucide-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { describeFailure } from '../shell/failure-message.ts'
import { useTRPC } from '../shell/trpc.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { LoadingLabel, Skeleton } from '../ui/skeleton.tsx'
import { useToast } from '../ui/toast.tsx'
import { describeUserAgent } from './describe-user-agent.ts'

/** Where the user is signed in. Each can be signed out; the present one has its own button above. */
export function SessionList() {
  const trpc = useTRPC()
  const { data: sessions, error, isPending } = useQuery(trpc.session.list.queryOptions())
  if (isPending) {
    return (
      <>
        <LoadingLabel what="sessions" />
        <Skeleton className="h-16 w-full" />
      </>
    )
  }
  if (sessions === undefined) {
    return (
      <Notice tone="bad" title="The sessions could not be loaded">
        {describeFailure(error).text}
      </Notice>
    )
  }
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
      {sessions.map((session) => (
        <SessionRow key={session.id} session={session} />
      ))}
    </ul>
  )
}

function SessionRow({ session }: { readonly session: SessionSummary }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const toast = useToast()
  const device = describeUserAgent(session.userAgent)
  const revoke = useMutation(
    trpc.session.revoke.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.session.list.queryFilter())
        toast({ tone: 'good', text: `${device} is signed out.` })
      },
      onError: (error) => toast({ tone: 'bad', text: describeFailure(error).text }),
    }),
  )
  return (
    <li className="flex items-center gap-3 px-4 py-3">
      <MonitorSmartphone aria-hidden className="size-4 shrink-0 text-faint" />
      <div className="min-w-0 grow text-sm">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
          {device}
          {session.current && <Badge>This device</Badge>}
        </p>
        <p className="text-muted">
          Last seen <RelativeTime date={session.lastSeenAt} />, signed in <RelativeTime date={session.createdAt} />
        </p>
      </div>
      {!session.current && (
        <Button size="sm" busy={revoke.isPending} aria-label={`Sign out ${device}`} onClick={() => revoke.mutate({ id: session.id })}>
          Sign out
        </Button>
      )}
    </li>
  )
}
