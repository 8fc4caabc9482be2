import type { SyncProgress } from '@maildock/client'
import { Link } from '@tanstack/react-router'
import { buttonClass } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { listTroubles } from './list-troubles.ts'

export interface MailboxTroubleProps {
  readonly accountId: string
  readonly progress: SyncProgress | undefined
}

/** Which mailboxes of an account cannot be read, and why. The others are up to date all the same. Nothing while all can. */
export function MailboxTrouble({ accountId, progress }: MailboxTroubleProps) {
  const { title, lines } = listTroubles(progress)
  if (lines.length === 0) return null
  return (
    <Notice
      tone="warn"
      title={title}
      action={
        <Link to="/accounts/$accountId/edit" params={{ accountId }} hash="mailboxes" className={buttonClass('secondary', 'sm')}>
          Choose mailboxes
        </Link>
      }
    >
      {lines.map(({ path, message, code }) => (
        <p key={path} className="break-words">
          <span className="font-medium text-ink">{path}</span>: {message} <span className="text-muted">({code})</span>
        </p>
      ))}
    </Notice>
  )
}
