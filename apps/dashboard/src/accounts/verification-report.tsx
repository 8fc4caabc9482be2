import type { VerificationFailure, VerificationStage } from '@maildock/client'
import { CircleCheck, CircleX } from 'lucide-react'
import type { ReactNode } from 'react'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { Button } from '../ui/button.tsx'
import { explainFailure, type CulpritField } from './explain-failure.ts'

const PROTOCOLS = [
  { protocol: 'imap', label: 'Incoming mail (IMAP)' },
  { protocol: 'smtp', label: 'Outgoing mail (SMTP)' },
] as const

/** How far it came, as the second half of "It stopped …". */
const STOPPED: Readonly<Record<VerificationStage, string>> = {
  dns: 'while looking the server up',
  connect: 'while connecting',
  greeting: 'while waiting for the greeting',
  tls: 'while setting up the encryption',
  auth: 'while signing in',
  ready: 'after signing in',
}

/** The fields as a button names them. */
const FIELD_NAMES: Readonly<Record<CulpritField, string>> = {
  imapHost: 'IMAP server',
  imapPort: 'IMAP port',
  imapTls: 'IMAP encryption',
  smtpHost: 'SMTP server',
  smtpPort: 'SMTP port',
  smtpTls: 'SMTP encryption',
  username: 'user name',
  password: 'password',
  smtpUsername: 'SMTP user name',
  smtpPassword: 'SMTP password',
}

/** Both servers side by side while they are being checked. */
export function VerificationUnderWay() {
  return (
    <output className="grid gap-3 sm:grid-cols-2">
      {PROTOCOLS.map(({ protocol, label }) => (
        <div key={protocol} className="rounded-lg border border-line bg-surface px-4 py-3.5">
          <p className="text-sm font-medium">{label}</p>
          <p className="mt-0.5 mb-3 text-sm text-muted">Connecting, encrypting, signing in…</p>
          <ProgressBar label={`Checking ${label}`} fraction={null} />
        </div>
      ))}
    </output>
  )
}

export interface VerificationReportProps {
  readonly failures: readonly VerificationFailure[]
  readonly separateSmtpSignIn: boolean
  readonly onShowField: (field: CulpritField) => void
}

/** Both servers side by side after they were checked: what failed, what it means, what to do; and what works. */
export function VerificationReport({ failures, separateSmtpSignIn, onShowField }: VerificationReportProps) {
  const both = failures.length > 1
  return (
    <section ref={reveal} role="alert" aria-label="Result of the check" className="scroll-mt-6">
      <p className="mb-3 text-base font-medium">
        {both ? 'Neither server could be used. Nothing was saved.' : 'One of the two servers could not be used. Nothing was saved.'}
      </p>
      <div className="grid items-start gap-3 lg:grid-cols-2">
        {PROTOCOLS.map(({ protocol, label }) => {
          const failure = failures.find((candidate) => candidate.protocol === protocol)
          return failure === undefined ? (
            <WorkingServer key={protocol} label={label} />
          ) : (
            <FailedServer
              key={protocol}
              label={label}
              failure={failure}
              separateSmtpSignIn={separateSmtpSignIn}
              onShowField={onShowField}
            />
          )
        })}
      </div>
    </section>
  )
}

function WorkingServer({ label }: { readonly label: string }) {
  return (
    <Card label={label} icon={<CircleCheck aria-hidden className="size-4 text-good" />} className="border-line bg-surface">
      <p className="mt-1 font-medium">Works</p>
      <p className="mt-0.5 text-muted">Reached, encrypted and signed in.</p>
    </Card>
  )
}

interface FailedServerProps {
  readonly label: string
  readonly failure: VerificationFailure
  readonly separateSmtpSignIn: boolean
  readonly onShowField: (field: CulpritField) => void
}

function FailedServer({ label, failure, separateSmtpSignIn, onShowField }: FailedServerProps) {
  const { title, meaning, steps, culprit } = explainFailure(failure, separateSmtpSignIn)
  return (
    <Card label={label} icon={<CircleX aria-hidden className="size-4 text-bad" />} className="border-bad-line bg-bad-soft">
      <p className="mt-1 font-medium">{title}</p>
      <p className="mt-0.5 text-muted">
        {meaning} It stopped {STOPPED[failure.stage]}.
      </p>
      <p className="mt-2.5 font-medium">{failure.hint}</p>
      <ul className="mt-1.5 list-disc space-y-0.5 pl-4 text-muted">
        {steps
          .filter((step) => step !== failure.hint)
          .map((step) => (
            <li key={step}>{step}</li>
          ))}
      </ul>
      {failure.serverResponse !== undefined && (
        <figure className="mt-3">
          <figcaption className="text-xs text-muted">The server said</figcaption>
          <blockquote className="mt-1 rounded-md border border-bad-line bg-surface px-2.5 py-1.5 font-mono text-xs break-words">
            {failure.serverResponse}
          </blockquote>
        </figure>
      )}
      <Button size="sm" className="mt-3.5" onClick={() => onShowField(culprit)}>
        Go to {FIELD_NAMES[culprit]}
      </Button>
    </Card>
  )
}

interface CardProps {
  readonly label: string
  readonly icon: ReactNode
  readonly className: string
  readonly children: ReactNode
}

function Card({ label, icon, className, children }: CardProps) {
  return (
    <article className={`rounded-lg border px-4 py-3.5 text-sm ${className}`}>
      <h2 className="flex items-center justify-between gap-2 text-xs font-medium text-muted">
        {label}
        {icon}
      </h2>
      {children}
    </article>
  )
}

/** Brings the report into sight as soon as it is there; the focus is in the form below it. */
function reveal(report: HTMLElement | null): void {
  report?.scrollIntoView({ block: 'start' })
}
