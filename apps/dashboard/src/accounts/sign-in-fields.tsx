import { useWatch } from 'react-hook-form'
import { Field } from '../ui/field.tsx'
import { PasswordInput } from '../ui/password-input.tsx'
import type { AccountForm } from './server-fields.tsx'

export interface SignInFieldsProps {
  readonly form: AccountForm
  readonly passwordLabel: string
  /** The account has a password already: an empty field keeps it. */
  readonly keepsPassword?: boolean
}

/** User name and password of the mailbox. Not those of this site, so the browser is asked to keep its own out of it. */
export function SignInFields({ form, passwordLabel, keepsPassword = false }: SignInFieldsProps) {
  const { errors } = form.formState
  const email = useWatch({ control: form.control, name: 'email' })
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field
        label="User name"
        hint={keepsPassword ? undefined : 'Leave it empty if it is the e-mail address.'}
        error={errors.username?.message}
        optional={!keepsPassword}
      >
        {(ids) => (
          <input
            {...ids}
            {...form.register('username')}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            placeholder={email}
            className="control"
          />
        )}
      </Field>
      <Field
        label={passwordLabel}
        hint={keepsPassword ? 'Leave it empty to keep the stored one.' : 'Stored encrypted, never shown again.'}
        error={errors.password?.message}
      >
        {(ids) => <PasswordInput {...ids} {...form.register('password')} autoComplete="off" />}
      </Field>
    </div>
  )
}

/** A user name and password for sending alone, for providers that keep the two apart. */
export function SeparateSmtpFields({ form, keepsPassword = false }: Pick<SignInFieldsProps, 'form' | 'keepsPassword'>) {
  const { errors } = form.formState
  const separate = useWatch({ control: form.control, name: 'separateSmtpSignIn' })
  return (
    <div>
      <label className="flex items-start gap-2.5 text-sm">
        <input type="checkbox" {...form.register('separateSmtpSignIn')} className="mt-0.5 size-4 accent-accent" />
        <span>
          <span className="font-medium">Separate sign-in for sending</span>
          <span className="block text-muted">Only if your provider gives SMTP its own user name or password.</span>
        </span>
      </label>
      {separate && (
        <div className="mt-4 grid gap-4 sm:grid-cols-2">
          <Field label="SMTP user name" error={errors.smtpUsername?.message}>
            {(ids) => (
              <input
                {...ids}
                {...form.register('smtpUsername')}
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                className="control"
              />
            )}
          </Field>
          <Field
            label="SMTP password"
            error={errors.smtpPassword?.message}
            hint={keepsPassword ? 'Leave it empty to keep the stored one.' : undefined}
          >
            {(ids) => <PasswordInput {...ids} {...form.register('smtpPassword')} autoComplete="off" />}
          </Field>
        </div>
      )}
    </div>
  )
}
