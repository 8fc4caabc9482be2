import { toMaildockError, type Account } from '@maildock/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { describeFailure } from '../shell/failure-message.ts'
import { useTRPC, useTRPCClient } from '../shell/trpc.ts'
import { useToast } from '../ui/toast.tsx'
import { toMessage, type Composition } from './compose-form.ts'
import type { DraftKeeper } from './draft-keeper.ts'
import type { Attachments } from './use-attachments.ts'

/** So long a message waits before it is sent, and can be taken back. */
const UNDO_SECONDS = 10
/** The toast goes before the message does. */
const UNDO_SHOWN_MS = 9_000

export interface Sending {
  readonly composition: Composition
  readonly sender: Account
  readonly text: string
}

/**
 * Sends what is written: its draft with it, so that whoever takes it back has everything again. A request whose answer was lost may be repeated: one key for one
 * content sends once.
 */
export function useSend(keeper: DraftKeeper, { settle, files }: Pick<Attachments, 'settle' | 'files'>) {
  const client = useTRPCClient()
  const navigate = useNavigate()
  const undo = useUndo()
  const toast = useToast()
  const tried = useRef<{ readonly content: string; readonly key: string } | null>(null)
  return useMutation({
    mutationFn: async ({ composition, sender, text }: Sending) => {
      const describe = () => JSON.stringify([composition, sender.id, keeper.draftId, files.map(({ id }) => id)])
      // What was asked for once is asked for with the same key, and nothing else: the draft may be the message's already.
      if (tried.current?.content !== describe()) {
        await keeper.flush(true)
        await settle()
        tried.current = { content: describe(), key: crypto.randomUUID() }
      }
      const message = { ...toMessage(composition, sender, text), idempotencyKey: tried.current.key }
      return client.submissions.send.mutate({ message, undoSeconds: UNDO_SECONDS, draftId: keeper.draftId })
    },
    onSuccess: async ({ messageId }) => {
      keeper.stop()
      const draftId = keeper.draftId
      await navigate({ to: '/outbox', ignoreBlocker: true })
      toast({
        tone: 'good',
        text: 'The message is being sent.',
        visibleMs: UNDO_SHOWN_MS,
        action: { label: 'Undo', run: () => undo.mutate({ messageId, draftId }) },
      })
    },
  })
}

/** Takes a message back that still waits, and opens its draft again. */
function useUndo() {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const toast = useToast()
  return useMutation({
    mutationFn: async ({ messageId }: { readonly messageId: string; readonly draftId: string }) =>
      client.submissions.cancel.mutate({ messageId }),
    onSuccess: async (_submission, { draftId }) => {
      await queryClient.invalidateQueries(trpc.submissions.pathFilter())
      await navigate({ to: '/compose', search: { draft: draftId } })
    },
    onError: (error) => {
      const isLate = toMaildockError(error).code === 'send.not_cancellable'
      toast({ tone: 'bad', text: isLate ? 'It is too late: the message was sent.' : describeFailure(error).text })
    },
  })
}
