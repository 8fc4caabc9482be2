import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useForm, useWatch } from 'react-hook-form'
import { useTRPC } from '../shell/trpc.ts'
import { useEscape } from '../shell/use-shortcuts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { Page, Section } from '../ui/page.tsx'
import { useToast } from '../ui/toast.tsx'
import { EMPTY_ACCOUNT_FORM, readConnectInput, suggestServers, type AccountFormValues } from './account-form.ts'
import { toResolver } from './account-resolver.ts'
import { domainOf, findProviderPreset } from './provider-presets.ts'
import { ProviderNote } from './provider-note.tsx'
import { ServerFields, type AccountForm } from './server-fields.tsx'
import { ServerSummary } from './server-summary.tsx'
import { SeparateSmtpFields, SignInFields } from './sign-in-fields.tsx'
import { SubmitOutcome } from './submit-outcome.tsx'
import { SyncFromField } from './sync-from-field.tsx'
import { useAccountWriter } from './use-accounts.ts'
import { useSubmitFailure } from './use-submit-failure.ts'

const resolver = toResolver(readConnectInput)

/** Connects a mailbox. Most people type an address and a password; the servers follow from the address. */
export function ConnectPage() {
  const trpc = useTRPC()
  const navigate = useNavigate()
  const toast = useToast()
  const write = useAccountWriter()
  const form = useForm<AccountFormValues>({ defaultValues: EMPTY_ACCOUNT_FORM, resolver, mode: 'onTouched' })
  const { failure, show, clear } = useSubmitFailure(form)
  const connect = useMutation(
    trpc.accounts.connect.mutationOptions({
      onSuccess: async (account) => {
        write(account)
        await navigate({ to: '/' })
        toast({ tone: 'good', text: `${account.email} is connected. Its mail is on the way.` })
      },
      onError: show,
    }),
  )
  useEscape(() => void navigate({ to: '/' }))
  useServerSuggestions(form)

  const submit = form.handleSubmit((values) => {
    const reading = readConnectInput(values)
    if (!reading.ok) return
    clear()
    connect.mutate(reading.input)
  })
  const preset = findProviderPreset(useWatch({ control: form.control, name: 'email' }))
  const needsAppPassword = preset?.password.kind === 'app' && preset.password.when === 'always'
  return (
    <Page
      narrow
      title="Connect an account"
      description="Any mailbox with IMAP and SMTP. Both servers are checked before anything is saved."
    >
      <form onSubmit={(event) => void submit(event)} noValidate aria-label="Connect an account">
        {(connect.isPending || failure !== null) && (
          <div className="mb-8 empty:hidden">
            <SubmitOutcome checking={connect.isPending} failure={failure} refusedTitle="The account was not connected" />
          </div>
        )}
        <Section title="Address" description="The servers are filled in from the domain.">
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="E-mail address" error={form.formState.errors.email?.message}>
              {(ids) => (
                <input
                  {...ids}
                  {...form.register('email')}
                  type="email"
                  autoComplete="email"
                  autoCapitalize="none"
                  spellCheck={false}
                  placeholder="hello@example.com"
                  className="control"
                />
              )}
            </Field>
            <Field label="Display name" optional hint="What recipients see as the sender." error={form.formState.errors.name?.message}>
              {(ids) => <input {...ids} {...form.register('name')} autoComplete="name" className="control" />}
            </Field>
          </div>
          <div aria-live="polite" className="mt-4 empty:mt-0">
            {preset !== null && <ProviderNote preset={preset} />}
          </div>
        </Section>
        <Section title="Sign-in" description="What the mail server asks for, not your Maildock password.">
          <SignInFields form={form} passwordLabel={needsAppPassword ? 'App password' : 'Password'} />
        </Section>
        <ServersSection form={form} failed={failure !== null && failure.failures.length > 0} />
        <Section title="How much mail" description="Everything, unless you set a day. It can be changed later.">
          <SyncFromField error={form.formState.errors.syncFrom?.message} control={form.register('syncFrom')} />
        </Section>
        <div className="border-t border-line pt-6">
          <div className="flex justify-end gap-2">
            <Link to="/" className={buttonClass('quiet')}>
              Cancel
            </Link>
            <Button type="submit" tone="primary" busy={connect.isPending}>
              {connect.isPending ? 'Checking both servers' : 'Check and connect'}
            </Button>
          </div>
        </div>
      </form>
    </Page>
  )
}

interface ServersSectionProps {
  readonly form: AccountForm
  readonly failed: boolean
}

/** One line while the provider is known and nothing went wrong; the fields otherwise. */
function ServersSection({ form, failed }: ServersSectionProps) {
  const [opened, setOpened] = useState(false)
  const email = useWatch({ control: form.control, name: 'email' })
  const known = findProviderPreset(email)
  const hasError = (['imapHost', 'imapPort', 'imapTls', 'smtpHost', 'smtpPort', 'smtpTls'] as const).some(
    (field) => form.formState.errors[field],
  )
  const expanded = opened || failed || hasError || known === null
  const domain = domainOf(email)
  const description =
    known !== null
      ? `The settings ${known.name} publishes.`
      : domain === null
        ? 'Your provider lists them as IMAP and SMTP settings.'
        : `A guess for ${domain}. Your provider lists the right ones.`
  return (
    <Section title="Servers" description={description}>
      {expanded ? (
        <div className="flex flex-col gap-6">
          <ServerFields form={form} />
          <SeparateSmtpFields form={form} />
        </div>
      ) : (
        <ServerSummary values={form.getValues()} onChange={() => setOpened(true)} />
      )}
    </Section>
  )
}

/** Fills in the servers while the address is being typed. What was typed by hand stays. */
function useServerSuggestions(form: AccountForm): void {
  useEffect(
    () =>
      form.subscribe({
        name: 'email',
        formState: { values: true },
        callback: ({ values }) => {
          const suggestion = suggestServers(values.email)
          if (suggestion === null) return
          for (const field of Object.keys(suggestion) as (keyof typeof suggestion)[]) {
            if (!form.getFieldState(field).isDirty) form.setValue(field, suggestion[field])
          }
        },
      }),
    [form],
  )
}
