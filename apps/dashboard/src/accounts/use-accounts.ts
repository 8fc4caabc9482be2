import type { Account } from '@maildock/client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { describeFailure } from '../shell/failure-message.ts'
import { useTRPC } from '../shell/trpc.ts'
import { useToast } from '../ui/toast.tsx'
import { upsertAccount } from './live-accounts.ts'

/** The connected accounts, kept up to date by the live subscription. */
export function useAccounts() {
  const trpc = useTRPC()
  return useQuery(trpc.accounts.list.queryOptions())
}

/** Puts an account as a change answered it into the list, without waiting for the live event. */
export function useAccountWriter(): (account: Account) => void {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  return (account) => queryClient.setQueryData(trpc.accounts.list.queryKey(), (accounts) => [...upsertAccount(accounts ?? [], account)])
}

/** Makes an account the default one. */
export function useMakeDefault() {
  const trpc = useTRPC()
  const toast = useToast()
  const write = useAccountWriter()
  return useMutation(
    trpc.accounts.update.mutationOptions({
      onSuccess: (account) => {
        write(account)
        toast({ tone: 'good', text: `${account.email} is the default account now.` })
      },
      onError: (error) => toast({ tone: 'bad', text: describeFailure(error).text }),
    }),
  )
}

/** Looks for new mail at once and tells what came. */
export function useSyncNow() {
  const trpc = useTRPC()
  const toast = useToast()
  return useMutation(
    trpc.sync.run.mutationOptions({
      onSuccess: (run) => toast({ tone: 'good', text: describeSyncRun(run.status, run.newMessages) }),
      onError: (error) => toast({ tone: 'bad', text: describeFailure(error).text }),
    }),
  )
}

function describeSyncRun(status: 'synced' | 'queued', newMessages: number): string {
  if (status === 'queued') return 'A sync is under way or has just finished. New mail shows up by itself.'
  if (newMessages === 0) return 'Everything is up to date.'
  return newMessages === 1 ? '1 new message.' : `${newMessages} new messages.`
}
