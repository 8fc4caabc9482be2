import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './cx.ts'

export type NoticeTone = 'info' | 'warn' | 'bad'

const TONES: Record<NoticeTone, { readonly box: string; readonly icon: typeof Info; readonly iconClass: string }> = {
  info: { box: 'border-line bg-sunken', icon: Info, iconClass: 'text-accent-ink' },
  warn: { box: 'border-warn-line bg-warn-soft', icon: TriangleAlert, iconClass: 'text-warn' },
  bad: { box: 'border-bad-line bg-bad-soft', icon: CircleAlert, iconClass: 'text-bad' },
}

export interface NoticeProps {
  readonly tone: NoticeTone
  readonly title?: string
  /** Read out as soon as it appears. For what answers an action; not for what was there all along. */
  readonly announce?: boolean
  readonly action?: ReactNode
  readonly children?: ReactNode
}

export function Notice({ tone, title, announce = false, action, children }: NoticeProps) {
  const { box, icon: Icon, iconClass } = TONES[tone]
  // Laid out by its own width and not the window's: it also stands in narrow columns.
  return (
    <div role={announce ? 'alert' : undefined} className={cx('@container rounded-lg border px-3.5 py-3 text-sm', box)}>
      <div className="flex flex-wrap gap-x-3 gap-y-2.5 @md:flex-nowrap">
        <Icon aria-hidden className={cx('mt-0.5 size-4 shrink-0', iconClass)} />
        <div className="min-w-0 flex-1 basis-3/4 @md:basis-0">
          {title !== undefined && <p className="font-medium text-ink">{title}</p>}
          {children !== undefined && <div className={cx('text-muted', title !== undefined && 'mt-0.5')}>{children}</div>}
        </div>
        {action !== undefined && <div className="shrink-0 pl-7 @md:self-center @md:pl-0">{action}</div>}
      </div>
    </div>
  )
}
