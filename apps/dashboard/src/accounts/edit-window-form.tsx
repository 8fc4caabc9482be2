import { SyncFrom, type Account } from '@maildock/client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { describeFailure } from '../shell/failure-message.ts'
import { useTRPC } from '../shell/trpc.ts'
import { Button } from '../ui/button.tsx'
import { useToast } from '../ui/toast.tsx'
import { SyncFromField } from './sync-from-field.tsx'
import { fromDayField, toDayField } from './sync-day.ts'
import { useAccountWriter } from './use-accounts.ts'

/** Since when mail is synchronised. Nothing has to be verified for it, so it is a form of its own. */
export function EditWindowForm({ account }: { readonly account: Account }) {
  const trpc = useTRPC()
  const toast = useToast()
  const write = useAccountWriter()
  const saved = toDayField(account.syncFrom)
  const [day, setDay] = useState(saved)
  const update = useMutation(
    trpc.accounts.update.mutationOptions({
      onSuccess: (changed) => {
        write(changed)
        toast({ tone: 'good', text: 'The start of the sync is saved.' })
      },
      onError: (error) => toast({ tone: 'bad', text: describeFailure(error).text }),
    }),
  )
  const reading = SyncFrom.nullable().safeParse(fromDayField(day))
  return (
    <form
      className="flex items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (reading.success) update.mutate({ id: account.id, syncFrom: reading.data })
      }}
    >
      <SyncFromField
        error={reading.success ? undefined : reading.error.issues[0]?.message}
        control={{ value: day, onChange: (event) => setDay(event.target.value) }}
        className="grow sm:max-w-72"
      />
      <Button type="submit" className="mt-6.5" busy={update.isPending} disabled={!reading.success || day === saved}>
        Save
      </Button>
    </form>
  )
}
