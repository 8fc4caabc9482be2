import { DisplayName, type Account } from '@maildock/client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { describeFailure } from '../shell/failure-message.ts'
import { useTRPC } from '../shell/trpc.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { useToast } from '../ui/toast.tsx'
import { useAccountWriter } from './use-accounts.ts'

/** The sender's name. Nothing has to be verified for it, so it is a form of its own. */
export function EditNameForm({ account }: { readonly account: Account }) {
  const trpc = useTRPC()
  const toast = useToast()
  const write = useAccountWriter()
  const [name, setName] = useState(account.name ?? '')
  const update = useMutation(
    trpc.accounts.update.mutationOptions({
      onSuccess: (changed) => {
        write(changed)
        toast({ tone: 'good', text: 'The name is saved.' })
      },
      onError: (error) => toast({ tone: 'bad', text: describeFailure(error).text }),
    }),
  )
  const reading = DisplayName.safeParse(name)
  return (
    <form
      className="flex items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (reading.success) update.mutate({ id: account.id, name: reading.data === '' ? null : reading.data })
      }}
    >
      <Field label="Name" optional error={reading.success ? undefined : reading.error.issues[0]?.message} className="grow">
        {(ids) => <input {...ids} value={name} onChange={(event) => setName(event.target.value)} autoComplete="off" className="control" />}
      </Field>
      <Button type="submit" className="mt-6.5" busy={update.isPending} disabled={!reading.success || name.trim() === (account.name ?? '')}>
        Save
      </Button>
    </form>
  )
}
