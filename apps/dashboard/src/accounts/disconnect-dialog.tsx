import { isMaildockError, toMaildockError, type Account } from '@maildock/client'
import { Check, X } from 'lucide-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { describeFailure } from '../shell/failure-message.ts'
import { useTRPC } from '../shell/trpc.ts'
import { Button } from '../ui/button.tsx'
import { Modal } from '../ui/modal.tsx'
import { Notice } from '../ui/notice.tsx'
import { useToast } from '../ui/toast.tsx'

export interface DisconnectDialogProps {
  readonly account: Account
  readonly accounts: readonly Account[]
  readonly onClose: () => void
}

/** Asks once more, and says what stays and what goes. */
export function DisconnectDialog({ account, accounts, onClose }: DisconnectDialogProps) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const toast = useToast()
  const disconnect = useMutation(
    trpc.accounts.disconnect.mutationOptions({
      onSuccess: async ({ id }) => {
        onClose()
        await navigate({ to: '/' })
        queryClient.setQueryData(trpc.accounts.list.queryKey(), (list) => list?.filter((entry) => entry.id !== id))
        await queryClient.invalidateQueries(trpc.accounts.list.queryFilter())
        toast({ tone: 'good', text: `${account.email} is disconnected.` })
      },
    }),
  )
  const heir = account.isDefault ? oldestOther(account, accounts) : undefined
  return (
    <Modal
      title={`Disconnect ${account.email}?`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Keep connected</Button>
          <Button tone="danger" busy={disconnect.isPending} onClick={() => disconnect.mutate({ id: account.id })}>
            Disconnect
          </Button>
        </>
      }
    >
      <ul className="mt-1 flex flex-col gap-2.5">
        <Consequence goes>The stored password is erased and sync stops at once.</Consequence>
        <Consequence goes>No more mail can be sent from this address here.</Consequence>
        <Consequence>Mail that is already synced stays in your database.</Consequence>
        <Consequence>Nothing changes on the mail server.</Consequence>
        <Consequence>Connect the same address again, and sync goes on where it stopped.</Consequence>
      </ul>
      {heir !== undefined && (
        <p className="mt-4 text-sm text-muted">
          This is the default account. <strong className="font-medium text-ink">{heir.email}</strong> will take its place.
        </p>
      )}
      {disconnect.error !== null && (
        <div className="mt-4">
          <DisconnectFailure error={disconnect.error} />
        </div>
      )}
    </Modal>
  )
}

function DisconnectFailure({ error }: { readonly error: unknown }) {
  if (!isMaildockError(toMaildockError(error), 'account.last_default_in_use')) {
    return (
      <Notice tone="bad" announce title="The account was not disconnected">
        {describeFailure(error).text}
      </Notice>
    )
  }
  return (
    <Notice tone="warn" announce title="A campaign still needs this account">
      <p>It is your only account, and a scheduled, sending or paused campaign uses it. Do one of these first:</p>
      <ul className="mt-1.5 list-disc pl-4">
        <li>finish or cancel the campaign, or</li>
        <li>connect another account, which takes over as the default.</li>
      </ul>
    </Notice>
  )
}

function Consequence({ goes = false, children }: { readonly goes?: boolean; readonly children: ReactNode }) {
  const Icon = goes ? X : Check
  return (
    <li className="flex gap-2.5 text-sm">
      <Icon aria-hidden className={goes ? 'mt-0.5 size-4 shrink-0 text-bad' : 'mt-0.5 size-4 shrink-0 text-good'} />
      <span>
        <span className="sr-only">{goes ? 'Goes: ' : 'Stays: '}</span>
        {children}
      </span>
    </li>
  )
}

/** The account that becomes the default: the oldest of the others (contract). */
function oldestOther(account: Account, accounts: readonly Account[]): Account | undefined {
  return accounts.filter((other) => other.id !== account.id).toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())[0]
}
