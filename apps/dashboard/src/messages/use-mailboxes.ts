import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../shell/trpc.ts'

/** The mailboxes of an account; kept up to date by the live subscription. */
export function useMailboxes(accountId: string) {
  const trpc = useTRPC()
  return useQuery(trpc.mailboxes.list.queryOptions({ accountId }))
}
