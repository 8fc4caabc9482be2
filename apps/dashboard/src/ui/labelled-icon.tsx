import type { LucideIcon } from 'lucide-react'

export interface LabelledIconProps {
  readonly icon: LucideIcon
  /** What it means: its tooltip, and its words for those who do not see it. */
  readonly label: string
  readonly className: string
}

export function LabelledIcon({ icon: Icon, label, className }: LabelledIconProps) {
  return (
    <span title={label} className="inline-flex">
      <Icon aria-hidden className={className} />
      <span className="sr-only">{label}</span>
    </span>
  )
}
