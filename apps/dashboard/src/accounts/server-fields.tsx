import type { UseFormReturn } from 'react-hook-form'
import { Field } from '../ui/field.tsx'
import type { AccountFormValues } from './account-form.ts'

export type AccountForm = UseFormReturn<AccountFormValues>

const PROTOCOLS = {
  imap: { legend: 'Incoming mail (IMAP)', host: 'imapHost', port: 'imapPort', tls: 'imapTls', example: 'imap.example.com' },
  smtp: { legend: 'Outgoing mail (SMTP)', host: 'smtpHost', port: 'smtpPort', tls: 'smtpTls', example: 'smtp.example.com' },
} as const

/** Name, port and encryption of both servers. A new port brings its own encryption, until another is chosen. */
export function ServerFields({ form }: { readonly form: AccountForm }) {
  return (
    <div className="flex flex-col gap-6">
      <OneServer form={form} protocol="imap" />
      <OneServer form={form} protocol="smtp" />
    </div>
  )
}

function OneServer({ form, protocol }: { readonly form: AccountForm; readonly protocol: 'imap' | 'smtp' }) {
  const { legend, host, port, tls, example } = PROTOCOLS[protocol]
  const { errors } = form.formState
  return (
    <fieldset>
      <legend className="mb-3 text-sm font-semibold">{legend}</legend>
      <div className="grid grid-cols-[6rem_1fr] gap-x-3 gap-y-4 sm:grid-cols-[1fr_6rem_11rem]">
        <Field label="Server" error={errors[host]?.message} className="col-span-2 sm:col-span-1">
          {(ids) => (
            <input
              {...ids}
              {...form.register(host)}
              inputMode="url"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              placeholder={example}
              className="control"
            />
          )}
        </Field>
        <Field label="Port" error={errors[port]?.message}>
          {(ids) => (
            <input
              {...ids}
              {...form.register(port, { onChange: () => form.setValue(tls, 'auto') })}
              inputMode="numeric"
              autoComplete="off"
              className="control tabular-nums"
            />
          )}
        </Field>
        <Field label="Encryption" error={errors[tls]?.message}>
          {(ids) => (
            <select {...ids} {...form.register(tls)} className="control">
              <option value="auto">Automatic</option>
              <option value="implicit">TLS from the start</option>
              <option value="starttls">STARTTLS</option>
            </select>
          )}
        </Field>
      </div>
    </fieldset>
  )
}
