import type { ReactNode } from 'react'
import { useDocumentTitle } from '../ui/page.tsx'
import { Wordmark } from '../ui/wordmark.tsx'

export interface EntryLayoutProps {
  readonly title: string
  readonly description?: ReactNode
  readonly children: ReactNode
  readonly footer?: ReactNode
}

/** The frame of the pages before the sign-in. */
export function EntryLayout({ title, description, children, footer }: EntryLayoutProps) {
  useDocumentTitle(title)
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 pt-[14dvh] pb-10">
      <Wordmark />
      <div className="mt-8 w-full max-w-sm rounded-xl border border-line bg-surface p-6 shadow-low sm:p-8">
        <h1 className="text-xl font-semibold tracking-[-0.015em]">{title}</h1>
        {description !== undefined && <p className="mt-1 text-muted">{description}</p>}
        <div className="mt-6">{children}</div>
      </div>
      {footer !== undefined && <p className="mt-5 text-sm text-muted">{footer}</p>}
    </main>
  )
}
