import { KeyRound, Plus, RefreshCw, ShieldCheck } from 'lucide-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { buttonClass } from '../ui/button.tsx'
import { Kbd } from '../ui/kbd.tsx'

/** What somebody sees first: what connecting takes, and what happens then. */
export function EmptyAccounts() {
  return (
    <section aria-label="No accounts yet" className="overflow-hidden rounded-xl border border-line bg-surface shadow-low">
      <div className="flex flex-col items-center px-6 pt-12 pb-10 text-center">
        <DockDrawing />
        <h2 className="mt-6 text-lg font-semibold tracking-[-0.01em]">Connect your first mailbox</h2>
        <p className="mt-1.5 max-w-md text-muted">
          Any mailbox with IMAP and SMTP will do. Its mail is copied into your own database and kept in sync from then on; on the mail
          server nothing is moved or deleted.
        </p>
        <Link to="/connect" className={`${buttonClass('primary')} mt-6`}>
          <Plus aria-hidden className="size-4" />
          Connect account
          <Kbd keys="C" onAccent />
        </Link>
      </div>
      <dl className="grid gap-px border-t border-line bg-line sm:grid-cols-3">
        <Fact icon={<KeyRound />} term="What you need">
          The address and its password, or an app password where the provider asks for one.
        </Fact>
        <Fact icon={<ShieldCheck />} term="Checked first">
          Both servers are contacted before anything is saved. The password is stored encrypted.
        </Fact>
        <Fact icon={<RefreshCw />} term="Readable at once">
          The inbox comes first, newest mail first. The rest follows in the background.
        </Fact>
      </dl>
    </section>
  )
}

function Fact({ icon, term, children }: { readonly icon: ReactNode; readonly term: string; readonly children: ReactNode }) {
  return (
    <div className="bg-surface px-5 py-4">
      <dt className="flex items-center gap-2 text-sm font-medium [&>svg]:size-4 [&>svg]:text-accent-ink">
        {icon}
        {term}
      </dt>
      <dd className="mt-1 text-sm text-muted">{children}</dd>
    </div>
  )
}

/** An envelope coming in to the quay. */
function DockDrawing() {
  return (
    <svg viewBox="0 0 160 96" aria-hidden className="w-40">
      <path d="M14 76h132" className="stroke-line-strong" strokeWidth="3" strokeLinecap="round" />
      <path d="M34 76v12M80 76v12M126 76v12" className="stroke-line-strong" strokeWidth="3" strokeLinecap="round" />
      <rect x="44" y="16" width="72" height="50" rx="8" className="fill-accent-soft stroke-accent" strokeWidth="2.5" />
      <path d="M52 28l28 20 28-20" className="fill-none stroke-accent" strokeWidth="2.5" strokeLinecap="round" strokeLinejoin="round" />
      <path d="M12 34h18M8 48h14M130 34h18M138 48h14" className="stroke-line-strong" strokeWidth="2.5" strokeLinecap="round" />
    </svg>
  )
}
