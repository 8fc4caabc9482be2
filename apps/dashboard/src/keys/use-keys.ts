import type { ApiKey } from '@maildock/client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTRPC } from '../shell/trpc.ts'
import { useToast } from '../ui/toast.tsx'

/** The user's API keys: active ones first, each kind newest first. */
export function useKeys() {
  const trpc = useTRPC()
  return useQuery(trpc.keys.list.queryOptions())
}

/** Makes a key. The answer, which holds it, is kept no longer than the dialog that shows it. */
export function useCreateKey() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  return useMutation(
    trpc.keys.create.mutationOptions({
      gcTime: 0,
      onSuccess: () => void queryClient.invalidateQueries(trpc.keys.list.queryFilter()),
    }),
  )
}

/** Revokes a key, and calls `onDone` when the list shows it. */
export function useRevokeKey(key: ApiKey, onDone: () => void) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const toast = useToast()
  return useMutation(
    trpc.keys.revoke.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.keys.list.queryFilter())
        onDone()
        toast({ tone: 'good', text: `${key.name} is revoked.` })
      },
    }),
  )
}
