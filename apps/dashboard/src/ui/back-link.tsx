import { ArrowLeft } from 'lucide-react'
import { Link } from '@tanstack/react-router'

export function BackLink({ to, label }: { readonly to: '/'; readonly label: string }) {
  return (
    <Link to={to} className="-ml-0.5 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink">
      <ArrowLeft aria-hidden className="size-3.5" />
      {label}
    </Link>
  )
}
