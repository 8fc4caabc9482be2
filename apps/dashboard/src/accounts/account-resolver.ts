import type { Resolver } from 'react-hook-form'
import type { AccountFormValues, FormReading } from './account-form.ts'

/** Lets react-hook-form judge by a reading of the form. The values stay text; what is sent is read again on submit. */
export function toResolver(read: (values: AccountFormValues) => FormReading<unknown>): Resolver<AccountFormValues> {
  return (values) => {
    const reading = read(values)
    if (reading.ok) return { values, errors: {} }
    return {
      values: {},
      errors: Object.fromEntries(Object.entries(reading.errors).map(([field, message]) => [field, { type: 'schema', message }])),
    }
  }
}
