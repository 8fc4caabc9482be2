import type { ComponentProps } from 'react'
import { Field } from '../ui/field.tsx'
import { toDayField } from './sync-day.ts'

export interface SyncFromFieldProps {
  readonly error: string | undefined
  readonly control: ComponentProps<'input'>
  readonly className?: string
}

/** The day since when mail is synchronised, in the reader's own time. Empty: everything. */
export function SyncFromField({ error, control, className = 'sm:max-w-72' }: SyncFromFieldProps) {
  return (
    <Field label="Synchronise since" optional hint="Older mail stays on the server. Empty: everything." error={error} className={className}>
      {(ids) => <input {...ids} {...control} type="date" max={toDayField(new Date())} className="control" />}
    </Field>
  )
}
