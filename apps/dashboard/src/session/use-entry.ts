import type { CurrentSession } from '@maildock/client'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTRPC } from '../shell/trpc.ts'

/** What follows a sign-in: take the session over, and go where one wanted to go. */
export function useEntry(): (session: CurrentSession) => Promise<void> {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const { next } = useSearch({ from: '/entry' })
  return async (session) => {
    queryClient.setQueryData(trpc.session.current.queryKey(), session)
    await navigate({ to: next ?? '/', replace: true })
  }
}
