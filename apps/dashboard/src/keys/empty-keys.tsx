import { KeyRound, Plus } from 'lucide-react'
import { Button } from '../ui/button.tsx'

/** What a key is, for somebody who has none. */
export function EmptyKeys({ onCreate }: { readonly onCreate: () => void }) {
  return (
    <section
      aria-label="No API keys yet"
      className="flex flex-col items-center rounded-xl border border-line bg-surface px-6 pt-12 pb-10 text-center shadow-low"
    >
      <span className="inline-flex size-12 items-center justify-center rounded-full bg-accent-soft text-accent-ink">
        <KeyRound aria-hidden className="size-6" />
      </span>
      <h2 className="mt-5 text-lg font-semibold tracking-[-0.01em]">Create your first API key</h2>
      <p className="mt-1.5 max-w-md text-muted">
        A program presents a key instead of signing in. It can be limited to one kind of mail and to one account, and revoked at any time.
        It cannot read mail or change anything here.
      </p>
      <Button tone="primary" className="mt-6" onClick={onCreate}>
        <Plus aria-hidden className="size-4" />
        Create API key
      </Button>
    </section>
  )
}
