import { FilePen, Inbox, KeyRound, PenLine, Plus, Search, Send, Settings } from 'lucide-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { SidebarAccounts } from '../accounts/sidebar-accounts.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { Wordmark } from '../ui/wordmark.tsx'
import { UserMenu } from './user-menu.tsx'

const ITEM = 'flex h-8 items-center gap-2.5 rounded-md px-2 text-sm text-muted transition-colors hover:bg-hover hover:text-ink'
const ACTIVE = { className: 'bg-active! text-ink! font-medium' }

export interface SidebarProps {
  readonly onSearch: () => void
  readonly onHelp: () => void
}

/** The navigation on screens wide enough for it. */
export function Sidebar({ onSearch, onHelp }: SidebarProps) {
  return (
    <nav aria-label="Main" className="sticky top-0 hidden h-dvh w-62 shrink-0 flex-col border-r border-line bg-canvas lg:flex">
      <div className="px-4 pt-4 pb-3">
        <Link to="/" aria-label="Maildock, accounts" className="inline-flex rounded-md">
          <Wordmark />
        </Link>
      </div>
      <div className="flex min-h-0 grow flex-col gap-0.5 overflow-y-auto px-2 pb-4">
        <button type="button" onClick={onSearch} className={`${ITEM} mb-2 border border-line-strong bg-surface shadow-low`}>
          <Search aria-hidden className="size-4" />
          <span className="grow text-left">Search or jump to</span>
          <Kbd keys="/" />
        </button>
        <NavLink to="/" icon={<Inbox aria-hidden className="size-4" />} label="Accounts" />
        <NavLink to="/compose" icon={<PenLine aria-hidden className="size-4" />} label="New message" />
        <NavLink to="/drafts" icon={<FilePen aria-hidden className="size-4" />} label="Drafts" />
        <NavLink to="/outbox" icon={<Send aria-hidden className="size-4" />} label="Outbox" />
        <NavLink to="/keys" icon={<KeyRound aria-hidden className="size-4" />} label="API keys" />
        <NavLink to="/settings" icon={<Settings aria-hidden className="size-4" />} label="Settings" />
        <div className="mt-5 mb-1 flex items-center justify-between pl-2">
          <span className="text-xs font-medium text-faint">Your accounts</span>
          <Link
            to="/connect"
            aria-label="Connect an account"
            title="Connect an account"
            className="inline-flex size-6 items-center justify-center rounded text-faint hover:bg-hover hover:text-ink"
          >
            <Plus aria-hidden className="size-4" />
          </Link>
        </div>
        <SidebarAccounts />
      </div>
      <div className="border-t border-line p-2">
        <UserMenu onHelp={onHelp} />
      </div>
    </nav>
  )
}

function NavLink({
  to,
  icon,
  label,
}: {
  readonly to: '/' | '/compose' | '/drafts' | '/outbox' | '/keys' | '/settings'
  readonly icon: ReactNode
  readonly label: string
}) {
  return (
    <Link to={to} activeOptions={{ exact: true }} activeProps={ACTIVE} className={ITEM}>
      {icon}
      {label}
    </Link>
  )
}
