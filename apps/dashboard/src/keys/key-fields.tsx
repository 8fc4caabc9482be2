import type { Account, ApiKeyScope } from '@maildock/client'
import { useEffect, useId, useRef } from 'react'
import { toDayField } from '../accounts/sync-day.ts'
import { Field } from '../ui/field.tsx'
import { useNow } from '../ui/relative-time.tsx'
import { SCOPE_WORDS } from './describe-key.ts'
import { toggleScope, type KeyFormErrors, type KeyFormValues } from './key-form.ts'

export interface KeyFieldsProps {
  readonly values: KeyFormValues
  readonly errors: KeyFormErrors
  readonly accounts: readonly Account[]
  readonly onChange: (changes: Partial<KeyFormValues>) => void
}

const DAY_MS = 86_400_000

/** What a key is called, what it may send and from where, and when it ends. The name has the focus from the start. */
export function KeyFields({ values, errors, accounts, onChange }: KeyFieldsProps) {
  const now = useNow()
  const name = useRef<HTMLInputElement>(null)
  useEffect(() => name.current?.focus(), [])
  return (
    <>
      <Field label="Name" hint="The program that will use it." error={errors.name}>
        {(ids) => (
          <input
            {...ids}
            ref={name}
            name="name"
            value={values.name}
            onChange={(event) => onChange({ name: event.target.value })}
            autoComplete="off"
            placeholder="Order confirmations"
            className="control"
          />
        )}
      </Field>
      <ScopeFields
        chosen={values.scopes}
        error={errors.scopes}
        onToggle={(scope) => onChange({ scopes: toggleScope(values.scopes, scope) })}
      />
      <Field label="Sends from" error={errors.allowedAccountId}>
        {(ids) => (
          <select
            {...ids}
            name="allowedAccountId"
            value={values.allowedAccountId}
            onChange={(event) => onChange({ allowedAccountId: event.target.value })}
            className="control"
          >
            <option value="">All accounts</option>
            {accounts.map(({ id, email }) => (
              <option key={id} value={id}>
                Only {email}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Expires" optional hint="At the beginning of that day. Empty: it does not expire." error={errors.expiresAt}>
        {(ids) => (
          <input
            {...ids}
            type="date"
            name="expiresAt"
            min={toDayField(new Date(now.getTime() + DAY_MS))}
            value={values.expiresAt}
            onChange={(event) => onChange({ expiresAt: event.target.value })}
            className="control"
          />
        )}
      </Field>
    </>
  )
}

interface ScopeFieldsProps {
  readonly chosen: readonly ApiKeyScope[]
  readonly error: string | undefined
  readonly onToggle: (scope: ApiKeyScope) => void
}

function ScopeFields({ chosen, error, onToggle }: ScopeFieldsProps) {
  const errorId = useId()
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">May send</legend>
      <div className="flex flex-col gap-2">
        {(Object.keys(SCOPE_WORDS) as ApiKeyScope[]).map((scope) => (
          <label key={scope} className="flex cursor-pointer items-start gap-2.5 text-sm">
            <input
              type="checkbox"
              name="scopes"
              checked={chosen.includes(scope)}
              onChange={() => onToggle(scope)}
              aria-describedby={error === undefined ? undefined : errorId}
              aria-invalid={error === undefined ? undefined : true}
              className="mt-0.5 size-4 shrink-0 accent-accent"
            />
            <span>
              {SCOPE_WORDS[scope].label}
              <span className="block text-muted">{SCOPE_WORDS[scope].description}</span>
            </span>
          </label>
        ))}
      </div>
      {error !== undefined && (
        <p id={errorId} className="mt-1.5 text-sm text-bad">
          {error}
        </p>
      )}
    </fieldset>
  )
}
