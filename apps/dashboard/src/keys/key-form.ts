import { CreateApiKeyInput, type ApiKeyScope } from '@maildock/client'
import { fromDayField } from '../accounts/sync-day.ts'

/** What the fields of the form hold. */
export interface KeyFormValues {
  readonly name: string
  readonly scopes: readonly ApiKeyScope[]
  /** Empty: every account. */
  readonly allowedAccountId: string
  /** As a date field has it; empty: never. */
  readonly expiresAt: string
}

export type KeyField = keyof KeyFormValues

export const EMPTY_KEY_FORM: KeyFormValues = { name: '', scopes: ['send'], allowedAccountId: '', expiresAt: '' }

export type KeyFormErrors = Readonly<Partial<Record<KeyField, string>>>

export type KeyFormReading =
  | { readonly ok: true; readonly input: CreateApiKeyInput }
  | { readonly ok: false; readonly errors: KeyFormErrors }

/** Reads the form: the schema of the server is the judge, its sentences stand beside the fields. A day ends a key when it begins. */
export function readKeyForm({ name, scopes, allowedAccountId, expiresAt }: KeyFormValues): KeyFormReading {
  const result = CreateApiKeyInput.safeParse({
    name,
    scopes,
    allowedAccountId: allowedAccountId === '' ? null : allowedAccountId,
    expiresAt: fromDayField(expiresAt),
  })
  if (result.success) return { ok: true, input: result.data }
  const errors: Partial<Record<KeyField, string>> = {}
  for (const { path, message } of result.error.issues) errors[path[0] as KeyField] ??= message
  return { ok: false, errors }
}

/** The scopes with one more, or one less. */
export function toggleScope(scopes: readonly ApiKeyScope[], scope: ApiKeyScope): readonly ApiKeyScope[] {
  return scopes.includes(scope) ? scopes.filter((held) => held !== scope) : [...scopes, scope]
}
