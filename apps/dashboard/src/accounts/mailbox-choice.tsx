import type { Mailbox } from '@maildock/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { MailboxIcon } from '../messages/mailbox-icon.tsx'
import { orderMailboxes } from '../messages/mailbox-order.ts'
import { useMailboxes } from '../messages/use-mailboxes.ts'
import { describeFailure } from '../shell/failure-message.ts'
import { useTRPC } from '../shell/trpc.ts'
import { LoadingLabel, Skeleton } from '../ui/skeleton.tsx'
import { Switch } from '../ui/switch.tsx'
import { useToast } from '../ui/toast.tsx'

/** Which mailboxes of an account are synchronised, one switch each; INBOX always is. */
export function MailboxChoice({ accountId }: { readonly accountId: string }) {
  const { data: mailboxes, error } = useMailboxes(accountId)
  if (error !== null) return <p className="text-sm text-bad">{describeFailure(error).text}</p>
  if (mailboxes === undefined) {
    return (
      <>
        <LoadingLabel what="mailboxes" />
        <Skeleton className="h-24 w-full" />
      </>
    )
  }
  if (mailboxes.length === 0) return <p className="text-sm text-muted">They are listed as soon as the first sync has begun.</p>
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {orderMailboxes(mailboxes).map(({ mailbox, label }) => (
        <MailboxSwitch key={mailbox.id} mailbox={mailbox} label={label} />
      ))}
    </ul>
  )
}

function MailboxSwitch({ mailbox, label }: { readonly mailbox: Mailbox; readonly label: string }) {
  const choose = useChooseMailbox()
  const stateId = useId()
  const name = label === mailbox.path || mailbox.specialUse !== null ? label : mailbox.path
  return (
    <li className="flex items-center gap-3 px-3.5 py-2.5 text-sm">
      <MailboxIcon mailbox={mailbox} />
      <div className="min-w-0 grow">
        <p className="truncate text-ink">{name}</p>
        <p id={stateId} className={mailbox.syncError === null ? 'text-muted' : 'text-bad'}>
          {describeMailbox(mailbox)}
        </p>
      </div>
      <Switch
        label={`Synchronise ${name}`}
        describedBy={stateId}
        checked={mailbox.synced}
        disabled={mailbox.specialUse === '\\Inbox' || choose.isPending}
        onChange={(synced) => choose.mutate({ accountId: mailbox.accountId, id: mailbox.id, synced })}
      />
    </li>
  )
}

function describeMailbox({ specialUse, synced, syncError, messagesTotal }: Mailbox): string {
  if (syncError !== null) return `${syncError.message} (${syncError.code})`
  const count = `${messagesTotal.toLocaleString()} ${messagesTotal === 1 ? 'message' : 'messages'}`
  if (!synced) return messagesTotal === 0 ? 'Left out.' : `Left out. ${count} from before stay readable.`
  return specialUse === '\\Inbox' ? `${count}. Always synchronised.` : count
}

/** Leaves a mailbox out, or takes it in again; the list shows it at once. */
function useChooseMailbox() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const toast = useToast()
  return useMutation(
    trpc.mailboxes.update.mutationOptions({
      onSuccess: (changed) => {
        queryClient.setQueryData(trpc.mailboxes.list.queryKey({ accountId: changed.accountId }), (mailboxes) =>
          mailboxes?.map((mailbox) => (mailbox.id === changed.id ? changed : mailbox)),
        )
      },
      onError: (error) => toast({ tone: 'bad', text: describeFailure(error).text }),
    }),
  )
}
