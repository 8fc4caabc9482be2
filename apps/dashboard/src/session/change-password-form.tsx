import { isMaildockError, listFieldErrors, toMaildockError } from '@maildock/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { describeFailure } from '../shell/failure-message.ts'
import { useTRPC } from '../shell/trpc.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { PasswordInput } from '../ui/password-input.tsx'
import { useToast } from '../ui/toast.tsx'

/** Sets a new password. The address goes along unseen, so that password managers know whose it is. */
export function ChangePasswordForm({ email }: { readonly email: string }) {
  const trpc = useTRPC()
  const toast = useToast()
  const queryClient = useQueryClient()
  const [currentPassword, setCurrentPassword] = useState('')
  const [newPassword, setNewPassword] = useState('')
  const change = useMutation(
    trpc.session.changePassword.mutationOptions({
      onSuccess: async () => {
        setCurrentPassword('')
        setNewPassword('')
        toast({ tone: 'good', text: 'The password is changed.' })
        await queryClient.invalidateQueries(trpc.session.list.queryFilter())
      },
    }),
  )
  const error = change.error === null ? null : toMaildockError(change.error)
  const refused = listFieldErrors(error).fieldErrors
  const currentError = isMaildockError(error, 'password.wrong') ? error.message : refused['currentPassword']?.[0]
  const newError = refused['newPassword']?.[0]
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ currentPassword, newPassword })
  }
  return (
    <form onSubmit={submit} noValidate aria-label="Change password" className="flex max-w-sm flex-col gap-4">
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      <Field label="Current password" error={currentError}>
        {(ids) => (
          <PasswordInput
            {...ids}
            autoComplete="current-password"
            value={currentPassword}
            onChange={(event) => setCurrentPassword(event.target.value)}
          />
        )}
      </Field>
      <Field label="New password" hint="At least 10 characters." error={newError}>
        {(ids) => (
          <PasswordInput
            {...ids}
            autoComplete="new-password"
            value={newPassword}
            onChange={(event) => setNewPassword(event.target.value)}
          />
        )}
      </Field>
      {error !== null && currentError === undefined && newError === undefined && (
        <Notice tone="bad" announce>
          {describeFailure(error).text}
        </Notice>
      )}
      <Button type="submit" className="self-start" busy={change.isPending} disabled={currentPassword === '' || newPassword === ''}>
        Change password
      </Button>
    </form>
  )
}
