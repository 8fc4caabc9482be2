import { useEffect, type ReactNode } from 'react'
import { cx } from './cx.ts'

export interface PageProps {
  readonly title: string
  readonly description?: ReactNode
  readonly actions?: ReactNode
  readonly narrow?: boolean
  readonly children: ReactNode
}

/** A page with one heading, centred at a readable width. Names the browser tab too. */
export function Page({ title, description, actions, narrow = false, children }: PageProps) {
  useDocumentTitle(title)
  return (
    <div className={cx('mx-auto w-full px-4 pt-6 pb-24 sm:px-8 lg:pt-10 lg:pb-16', narrow ? 'max-w-4xl' : 'max-w-5xl')}>
      <header className="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold tracking-[-0.015em] break-words">{title}</h1>
          {description !== undefined && <div className="mt-1 text-base text-muted">{description}</div>}
        </div>
        {actions !== undefined && <div className="flex items-center gap-2">{actions}</div>}
      </header>
      <div>{children}</div>
    </div>
  )
}

export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = title === 'Maildock' ? title : `${title} · Maildock`
  }, [title])
}

export interface SectionProps {
  /** For links that lead here. */
  readonly id?: string
  readonly title: string
  readonly description?: ReactNode
  readonly children: ReactNode
}

/** A settings section: what it is about on the left, the controls on the right; one below the other on a phone. */
export function Section({ id, title, description, children }: SectionProps) {
  return (
    <section
      id={id}
      aria-label={title}
      className="grid gap-x-10 gap-y-4 border-t border-line py-8 first:border-t-0 first:pt-2 lg:grid-cols-[14rem_1fr]"
    >
      <div>
        <h2 className="text-base font-semibold">{title}</h2>
        {description !== undefined && <div className="mt-1 text-sm text-muted">{description}</div>}
      </div>
      <div className="min-w-0">{children}</div>
    </section>
  )
}
