import { listFieldErrors, toMaildockError } from '@maildock/client'
import { useState, type FormEvent } from 'react'
import { describeFailure } from '../shell/failure-message.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { PasswordInput } from '../ui/password-input.tsx'

export interface Credentials {
  readonly email: string
  readonly password: string
}

export interface EntryFormProps {
  readonly label: string
  readonly passwordHint?: string
  readonly newPassword?: boolean
  readonly busy: boolean
  readonly error: unknown
  readonly onSubmit: (credentials: Credentials) => void
}

/** E-mail address and password. The server judges; its sentences stand beside the fields, or above the button. */
export function EntryForm({ label, passwordHint, newPassword = false, busy, error, onSubmit }: EntryFormProps) {
  const [missing, setMissing] = useState<Partial<Record<keyof Credentials, string>>>({})
  const refused = error === null ? {} : listFieldErrors(toMaildockError(error)).fieldErrors
  const emailError = missing.email ?? refused['email']?.[0]
  const passwordError = missing.password ?? refused['password']?.[0]
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const data = new FormData(form)
    const credentials = { email: readText(data, 'email').trim(), password: readText(data, 'password') }
    const absent = {
      ...(credentials.email === '' ? { email: 'Enter your e-mail address.' } : {}),
      ...(credentials.password === '' ? { password: 'Enter your password.' } : {}),
    }
    setMissing(absent)
    const [first] = Object.keys(absent)
    if (first === undefined) onSubmit(credentials)
    else form.querySelector<HTMLElement>(`[name="${first}"]`)?.focus()
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field label="E-mail address" error={emailError}>
        {(ids) => (
          <input {...ids} name="email" type="email" autoComplete="username" autoCapitalize="none" spellCheck={false} className="control" />
        )}
      </Field>
      <Field label="Password" error={passwordError} hint={passwordHint}>
        {(ids) => <PasswordInput {...ids} name="password" autoComplete={newPassword ? 'new-password' : 'current-password'} />}
      </Field>
      {error !== null && emailError === undefined && passwordError === undefined && (
        <Notice tone="bad" announce>
          {describeFailure(error).text}
        </Notice>
      )}
      <Button type="submit" tone="primary" busy={busy} className="mt-1 w-full">
        {label}
      </Button>
    </form>
  )
}

function readText(data: FormData, name: string): string {
  const value = data.get(name)
  return typeof value === 'string' ? value : ''
}
