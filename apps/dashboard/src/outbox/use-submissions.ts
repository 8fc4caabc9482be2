import type { SubmissionFilter } from '@maildock/client'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTRPC, useTRPCClient } from '../shell/trpc.ts'
import { useToast } from '../ui/toast.tsx'
import { isUnderWay } from './describe-submission.ts'

const PAGE_SIZE = 50
/** While something waits or is being sent, what became of it is asked for so often. */
const LOOK_AGAIN_MS = 3_000

/** What was sent, newest first, page by page. Fresh while something is under way. */
export function useSubmissions(filter: SubmissionFilter) {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const input = { filter, limit: PAGE_SIZE }
  return useInfiniteQuery({
    queryKey: trpc.submissions.list.infiniteQueryKey(input),
    queryFn: ({ pageParam, signal }) =>
      client.submissions.list.query(pageParam === null ? input : { ...input, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) => (state.data?.pages[0]?.submissions.some(isUnderWay) === true ? LOOK_AGAIN_MS : false),
  })
}

/** One submission with its recipients and history. Fresh while it is under way. */
export function useSubmission(id: string) {
  const trpc = useTRPC()
  return useQuery(
    trpc.submissions.get.queryOptions(
      { messageId: id },
      { refetchInterval: ({ state }) => (state.data !== undefined && isUnderWay(state.data) ? LOOK_AGAIN_MS : false) },
    ),
  )
}

/** Takes a submission back that waits. */
export function useCancelSubmission() {
  const trpc = useTRPC()
  return useMutation(trpc.submissions.cancel.mutationOptions(useOutcome('The message is cancelled.')))
}

/** Has a submission sent again. */
export function useRetrySubmission() {
  const trpc = useTRPC()
  return useMutation(trpc.submissions.retry.mutationOptions(useOutcome('The message will be sent in a moment.')))
}

/** What follows when a submission was changed: everything that shows it is asked for anew, and it is said. */
function useOutcome(text: string) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const toast = useToast()
  return {
    onSuccess: async () => {
      await queryClient.invalidateQueries(trpc.submissions.pathFilter())
      toast({ tone: 'good', text })
    },
  }
}
