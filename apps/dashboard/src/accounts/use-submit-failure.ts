import { isMaildockError, listFieldErrors, listVerificationFailures, toMaildockError, type VerificationFailure } from '@maildock/client'
import { useCallback, useState } from 'react'
import { describeFailure } from '../shell/failure-message.ts'
import { EMPTY_ACCOUNT_FORM, type AccountField } from './account-form.ts'
import { explainFailure } from './explain-failure.ts'
import { focusField } from './focus-field.ts'
import type { AccountForm } from './server-fields.tsx'

export interface SubmitFailure {
  readonly failures: readonly VerificationFailure[]
  /** Set where the servers are not to blame. */
  readonly text: string | null
  readonly separateSmtpSignIn: boolean
}

function isAccountField(name: string): name is AccountField {
  return Object.hasOwn(EMPTY_ACCOUNT_FORM, name)
}

/** Shows what a refused connect or change means in the form: the words, and the focus on the field to look at first. */
export function useSubmitFailure(form: AccountForm) {
  const [failure, setFailure] = useState<SubmitFailure | null>(null)
  const clear = useCallback(() => setFailure(null), [])
  const show = useCallback(
    (caught: unknown) => {
      const error = toMaildockError(caught)
      const failures = listVerificationFailures(error)
      const separateSmtpSignIn = form.getValues('separateSmtpSignIn')
      const culprits = findCulprits(error, failures, separateSmtpSignIn)
      for (const [field, message] of culprits) form.setError(field, { type: 'server', message })
      setFailure({ failures, separateSmtpSignIn, text: failures.length > 0 || culprits.length > 0 ? null : describeFailure(error).text })
      const first = culprits[0]?.[0]
      // The field may be in a closed part of the form until this render is done. The report above it stays in sight.
      if (first !== undefined) requestAnimationFrame(() => focusField(first, { preventScroll: true }))
    },
    [form],
  )
  return { failure, show, clear }
}

function findCulprits(
  error: ReturnType<typeof toMaildockError>,
  failures: readonly VerificationFailure[],
  separateSmtpSignIn: boolean,
): readonly (readonly [AccountField, string])[] {
  if (isMaildockError(error, 'account.already_connected')) return [['email', error.message]]
  const fromFields = Object.entries(listFieldErrors(error).fieldErrors).flatMap(([name, messages]) =>
    isAccountField(name) && messages[0] !== undefined ? [[name, messages[0]] as const] : [],
  )
  const fromServers = failures.map((failure) => {
    const { culprit, title } = explainFailure(failure, separateSmtpSignIn)
    return [culprit, `${title}.`] as const
  })
  return [...fromFields, ...fromServers]
}
