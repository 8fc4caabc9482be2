import { Outlet, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { LAYERS_ID } from '../ui/layers.ts'
import { ConnectionBanner } from './connection-banner.tsx'
import { LiveProvider } from './live.tsx'
import { PhoneBar } from './phone-bar.tsx'
import { Sidebar } from './sidebar.tsx'
import { useShortcuts } from './use-shortcuts.ts'

const CommandMenu = lazy(async () => ({ default: (await import('./command-menu.tsx')).CommandMenu }))
const ShortcutsDialog = lazy(async () => ({ default: (await import('./shortcuts-dialog.tsx')).ShortcutsDialog }))

/** The frame around every page behind the sign-in: navigation, live updates, keyboard. */
export function AppShell() {
  const [open, setOpen] = useState<'command-menu' | 'help' | null>(null)
  const navigate = useNavigate()
  const close = () => setOpen(null)
  useShortcuts((action) => {
    switch (action) {
      case 'command-menu':
      case 'help':
        setOpen(action)
        break
      case 'connect':
        void navigate({ to: '/connect' })
        break
      case 'go-accounts':
        void navigate({ to: '/' })
        break
      case 'compose':
        void navigate({ to: '/compose' })
        break
      case 'go-drafts':
        void navigate({ to: '/drafts' })
        break
      case 'go-outbox':
        void navigate({ to: '/outbox' })
        break
      case 'go-settings':
        void navigate({ to: '/settings' })
        break
      default:
        action satisfies never
    }
  })
  return (
    <LiveProvider>
      <a
        href="#content"
        className="sr-only rounded-md bg-accent text-sm font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <div className="flex min-h-dvh">
        <Sidebar onSearch={() => setOpen('command-menu')} onHelp={() => setOpen('help')} />
        <div className="flex min-w-0 grow flex-col">
          <ConnectionBanner />
          <main id="content" tabIndex={-1} className="flex min-h-0 grow flex-col outline-none">
            <Outlet />
            <div id={LAYERS_ID} />
          </main>
        </div>
      </div>
      <PhoneBar onSearch={() => setOpen('command-menu')} />
      <Suspense fallback={null}>
        {open === 'command-menu' && <CommandMenu onClose={close} onHelp={() => setOpen('help')} />}
        {open === 'help' && <ShortcutsDialog onClose={close} />}
      </Suspense>
    </LiveProvider>
  )
}
