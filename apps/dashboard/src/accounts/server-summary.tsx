import { Button } from '../ui/button.tsx'
import type { ServerValues } from './account-form.ts'

export interface ServerSummaryProps {
  readonly values: ServerValues
  readonly onChange: () => void
}

/** Both servers in two lines, for when they need no attention. */
export function ServerSummary({ values, onChange }: ServerSummaryProps) {
  return (
    <div className="flex items-center justify-between gap-4 rounded-lg border border-line bg-surface px-4 py-3">
      <dl className="grid min-w-0 grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
        <dt className="text-muted">Incoming</dt>
        <dd className="truncate tabular-nums">
          {values.imapHost}:{values.imapPort}
        </dd>
        <dt className="text-muted">Outgoing</dt>
        <dd className="truncate tabular-nums">
          {values.smtpHost}:{values.smtpPort}
        </dd>
      </dl>
      <Button size="sm" onClick={onChange}>
        Change
      </Button>
    </div>
  )
}
