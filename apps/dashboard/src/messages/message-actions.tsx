import { Forward, Reply, ReplyAll } from 'lucide-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useReadingKeys } from '../shell/use-shortcuts.ts'
import { buttonClass } from '../ui/button.tsx'

export interface MessageActionsProps {
  readonly accountId: string
  readonly messageId: string
}

/** Ways to answer a message, also by key: R, A, F. */
export function MessageActions({ accountId, messageId }: MessageActionsProps) {
  const navigate = useNavigate()
  const searches = {
    r: { account: accountId, reply: messageId },
    a: { account: accountId, reply_all: messageId },
    f: { account: accountId, forward: messageId },
  } as const
  useReadingKeys(searches, (search) => void navigate({ to: '/compose', search }))
  return (
    <div className="mt-8 flex flex-wrap gap-2 border-t border-line pt-5">
      <Link to="/compose" search={searches.r} className={buttonClass('secondary')}>
        <Reply aria-hidden className="size-4" />
        Reply
      </Link>
      <Link to="/compose" search={searches.a} className={buttonClass('secondary')}>
        <ReplyAll aria-hidden className="size-4" />
        Reply to all
      </Link>
      <Link to="/compose" search={searches.f} className={buttonClass('secondary')}>
        <Forward aria-hidden className="size-4" />
        Forward
      </Link>
    </div>
  )
}
