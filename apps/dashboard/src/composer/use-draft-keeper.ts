import type { Draft, DraftContent } from '@maildock/client'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTRPC, useTRPCClient } from '../shell/trpc.ts'
import { DraftKeeper, type KeptState } from './draft-keeper.ts'

const DELAY_MS = 1_000

/** Keeps what is written at the server for as long as the component is there. */
export function useDraftKeeper(draft: Draft | null, initial: DraftContent): { readonly keeper: DraftKeeper; readonly state: KeptState } {
  const client = useTRPCClient()
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [state, setState] = useState<KeptState>(draft === null ? 'new' : 'saved')
  const [keeper] = useState(
    () =>
      new DraftKeeper({
        server: { save: async (input) => client.drafts.save.mutate(input) },
        draft,
        initial,
        newId: () => crypto.randomUUID(),
        onState: setState,
        delayMs: DELAY_MS,
      }),
  )
  useEffect(
    () => () => {
      keeper.stop()
      void queryClient.invalidateQueries(trpc.drafts.pathFilter())
    },
    [keeper, queryClient, trpc],
  )
  return { keeper, state }
}
