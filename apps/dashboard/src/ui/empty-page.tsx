import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

export interface EmptyPageProps {
  readonly icon: LucideIcon
  /** Names the region. */
  readonly label: string
  readonly title: string
  readonly children: ReactNode
  readonly action?: ReactNode
}

/** In the place of a list that has nothing yet: what it is for, and how it begins. */
export function EmptyPage({ icon: Icon, label, title, children, action }: EmptyPageProps) {
  return (
    <section
      aria-label={label}
      className="flex flex-col items-center rounded-xl border border-line bg-surface px-6 pt-12 pb-10 text-center shadow-low"
    >
      <span className="inline-flex size-12 items-center justify-center rounded-full bg-accent-soft text-accent-ink">
        <Icon aria-hidden className="size-6" />
      </span>
      <h2 className="mt-5 text-lg font-semibold tracking-[-0.01em]">{title}</h2>
      <p className="mt-1.5 max-w-md text-muted">{children}</p>
      {action !== undefined && <div className="mt-6">{action}</div>}
    </section>
  )
}
