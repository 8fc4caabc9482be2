import { Inbox, PenLine, Plus, Search, Settings } from 'lucide-react'
import { Link } from '@tanstack/react-router'

const ITEM = 'flex h-14 flex-col items-center justify-center gap-0.5 text-2xs font-medium text-muted'
const ACTIVE = { className: 'text-accent-ink!' }
const ICON = 'size-5'

/** The navigation of phones: five targets within reach of a thumb. */
export function PhoneBar({ onSearch }: { readonly onSearch: () => void }) {
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-30 grid grid-cols-5 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden"
    >
      <Link to="/" activeOptions={{ exact: true }} activeProps={ACTIVE} className={ITEM}>
        <Inbox aria-hidden className={ICON} />
        Accounts
      </Link>
      <Link to="/connect" activeProps={ACTIVE} className={ITEM}>
        <Plus aria-hidden className={ICON} />
        Connect
      </Link>
      <Link to="/compose" activeProps={ACTIVE} className={ITEM}>
        <PenLine aria-hidden className={ICON} />
        Write
      </Link>
      <button type="button" onClick={onSearch} className={ITEM}>
        <Search aria-hidden className={ICON} />
        Search
      </button>
      <Link to="/settings" activeProps={ACTIVE} className={ITEM}>
        <Settings aria-hidden className={ICON} />
        Settings
      </Link>
    </nav>
  )
}
