import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useTRPC, useTRPCClient } from '../shell/trpc.ts'
import { useToast } from '../ui/toast.tsx'

const PAGE_SIZE = 50

/** Addresses mail is not sent to, newest first, page by page; those alone that the search is part of. */
export function useSuppressions(search: string) {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const input = { limit: PAGE_SIZE, ...(search === '' ? {} : { search }) }
  return useInfiniteQuery({
    queryKey: trpc.suppressions.list.infiniteQueryKey(input),
    queryFn: ({ pageParam, signal }) =>
      client.suppressions.list.query(pageParam === null ? input : { ...input, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })
}

/** Puts an address on the list. */
export function useAddSuppression(onDone: () => void) {
  const trpc = useTRPC()
  return useMutation(trpc.suppressions.add.mutationOptions(useOutcome((email) => `Mail to ${email} is not sent from now on.`, onDone)))
}

/** Takes an address off the list. */
export function useRemoveSuppression(onDone: () => void) {
  const trpc = useTRPC()
  return useMutation(trpc.suppressions.remove.mutationOptions(useOutcome((email) => `Mail to ${email} is sent again.`, onDone)))
}

function useOutcome(say: (email: string) => string, onDone: () => void) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const toast = useToast()
  return {
    onSuccess: async ({ email }: { readonly email: string }) => {
      await queryClient.invalidateQueries(trpc.suppressions.pathFilter())
      toast({ tone: 'good', text: say(email) })
      onDone()
    },
  }
}
