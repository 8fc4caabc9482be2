import type { Account } from '@maildock/client'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { useForm } from 'react-hook-form'
import { useTRPC } from '../shell/trpc.ts'
import { Button } from '../ui/button.tsx'
import { useToast } from '../ui/toast.tsx'
import { readUpdateInput, toFormValues, type AccountFormValues } from './account-form.ts'
import { toResolver } from './account-resolver.ts'
import { needsNewPassword } from './explain-sync-error.ts'
import { focusField } from './focus-field.ts'
import { ServerFields } from './server-fields.tsx'
import { SeparateSmtpFields, SignInFields } from './sign-in-fields.tsx'
import { SubmitOutcome } from './submit-outcome.tsx'
import { useAccountWriter } from './use-accounts.ts'
import { useSubmitFailure } from './use-submit-failure.ts'

/** Servers and credentials: one form, because they are verified together. */
export function EditServersForm({ account }: { readonly account: Account }) {
  const trpc = useTRPC()
  const toast = useToast()
  const write = useAccountWriter()
  const resolver = useMemo(() => toResolver((values) => readUpdateInput(values, account)), [account])
  const form = useForm<AccountFormValues>({ defaultValues: toFormValues(account), resolver, mode: 'onTouched' })
  const { failure, show, clear } = useSubmitFailure(form)
  const update = useMutation(
    trpc.accounts.update.mutationOptions({
      onSuccess: (changed) => {
        write(changed)
        form.reset(toFormValues(changed))
        toast({ tone: 'good', text: 'Both servers accept the new settings. They are saved.' })
      },
      onError: show,
    }),
  )
  const needsPassword = needsNewPassword(account.syncError)
  useEffect(() => {
    if (needsPassword) focusField('password')
  }, [needsPassword])
  const submit = form.handleSubmit((values) => {
    const reading = readUpdateInput(values, account)
    if (!reading.ok) return
    clear()
    update.mutate(reading.input)
  })
  return (
    <form onSubmit={(event) => void submit(event)} noValidate aria-label="Servers and sign-in" className="flex flex-col gap-6">
      <SubmitOutcome checking={update.isPending} failure={failure} refusedTitle="Nothing was changed" />
      <SignInFields form={form} passwordLabel="New password" keepsPassword />
      <ServerFields form={form} />
      <SeparateSmtpFields form={form} keepsPassword={account.smtpUsername !== account.username} />
      <div className="flex justify-end">
        <Button type="submit" tone="primary" busy={update.isPending} disabled={!form.formState.isDirty}>
          {update.isPending ? 'Checking both servers' : 'Check and save'}
        </Button>
      </div>
    </form>
  )
}
