import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useToast } from '../ui/toast.tsx'
import { describeFailure } from '../shell/failure-message.ts'
import { useTRPC } from '../shell/trpc.ts'

/** Who is signed in. The route guards have read it already, so it never suspends in practice. */
export function useCurrentSession() {
  const trpc = useTRPC()
  return useSuspenseQuery(trpc.session.current.queryOptions()).data
}

/** Signs out, forgets everything read, and shows the sign-in. */
export function useSignOut(): { readonly signOut: () => void; readonly busy: boolean } {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const toast = useToast()
  const { mutate, isPending } = useMutation(
    trpc.session.signOut.mutationOptions({
      onSuccess: async () => {
        queryClient.clear()
        await navigate({ to: '/sign-in' })
      },
      onError: (error) => toast({ tone: 'bad', text: describeFailure(error).text }),
    }),
  )
  return { signOut: () => mutate(), busy: isPending }
}
