/** The mark: an envelope's folds that read as an M, above the quay it docks at. */
export function Mark({ className = 'size-6' }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path d="M8 20.5V11l8 6.5 8-6.5v9.5" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round" />
      <path d="M11.5 24.5h9" stroke="#fff" strokeOpacity=".65" strokeWidth="2.6" strokeLinecap="round" />
    </svg>
  )
}

export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2">
      <Mark />
      <span className="text-lg font-semibold tracking-[-0.02em]">Maildock</span>
    </span>
  )
}
