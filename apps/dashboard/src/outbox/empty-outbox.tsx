import { Send } from 'lucide-react'

/** What the outbox will hold, for somebody who has sent nothing. */
export function EmptyOutbox() {
  return (
    <section
      aria-label="Nothing was sent yet"
      className="flex flex-col items-center rounded-xl border border-line bg-surface px-6 pt-12 pb-10 text-center shadow-low"
    >
      <span className="inline-flex size-12 items-center justify-center rounded-full bg-accent-soft text-accent-ink">
        <Send aria-hidden className="size-6" />
      </span>
      <h2 className="mt-5 text-lg font-semibold tracking-[-0.01em]">Nothing was sent yet</h2>
      <p className="mt-1.5 max-w-md text-muted">
        Every message that programs send through your accounts is listed here: who got it, what their mail server said, and what can still
        be taken back or sent again.
      </p>
    </section>
  )
}
