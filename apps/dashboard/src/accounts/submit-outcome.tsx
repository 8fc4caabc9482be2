import { Notice } from '../ui/notice.tsx'
import { focusField } from './focus-field.ts'
import type { SubmitFailure } from './use-submit-failure.ts'
import { VerificationReport, VerificationUnderWay } from './verification-report.tsx'

export interface SubmitOutcomeProps {
  readonly checking: boolean
  readonly failure: SubmitFailure | null
  /** Heading for refusals that are not the mail servers'. */
  readonly refusedTitle: string
}

/** What became of the last attempt: under way, refused by a mail server, or refused by us. Nothing before the first. */
export function SubmitOutcome({ checking, failure, refusedTitle }: SubmitOutcomeProps) {
  if (checking) return <VerificationUnderWay />
  if (failure === null) return null
  if (failure.failures.length > 0) {
    return <VerificationReport failures={failure.failures} separateSmtpSignIn={failure.separateSmtpSignIn} onShowField={focusField} />
  }
  if (failure.text === null) return null
  return (
    <Notice tone="bad" announce title={refusedTitle}>
      {failure.text}
    </Notice>
  )
}
