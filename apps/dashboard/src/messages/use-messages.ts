import { useInfiniteQuery } from '@tanstack/react-query'
import { useTRPC, useTRPCClient } from '../shell/trpc.ts'

const PAGE_SIZE = 50

/**
 * The messages of a mailbox, newest first, page by page. Asked for by hand and not by `infiniteQueryOptions`, which adds a
 * `direction` to the input; the procedure takes what it knows and nothing else.
 */
export function useMessages(accountId: string, mailboxId: string) {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const input = { accountId, mailboxId, limit: PAGE_SIZE }
  return useInfiniteQuery({
    queryKey: trpc.messages.list.infiniteQueryKey(input),
    queryFn: ({ pageParam, signal }) =>
      client.messages.list.query(pageParam === null ? input : { ...input, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })
}
