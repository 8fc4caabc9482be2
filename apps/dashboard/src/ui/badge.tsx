import type { ReactNode } from 'react'

export function Badge({ children }: { readonly children: ReactNode }) {
  return (
    <span className="inline-flex h-5 items-center rounded-full border border-line-strong px-2 text-xs font-medium text-muted">
      {children}
    </span>
  )
}
