import { ChevronsUpDown, Keyboard, LogOut, Monitor, Moon, Settings, Sun } from 'lucide-react'
import { useNavigate } from '@tanstack/react-router'
import { useCurrentSession, useSignOut } from '../session/use-session.ts'
import { initialOf } from '../ui/initial.ts'
import { Kbd } from '../ui/kbd.tsx'
import { Menu, type MenuEntry } from '../ui/menu.tsx'
import { chooseTheme, THEME_CHOICES, useThemeChoice, type ThemeChoice } from './theme.ts'

const THEMES: Record<ThemeChoice, { readonly label: string; readonly icon: typeof Sun }> = {
  system: { label: 'Theme: system', icon: Monitor },
  light: { label: 'Theme: light', icon: Sun },
  dark: { label: 'Theme: dark', icon: Moon },
}

/** Who is signed in, and what belongs to them. */
export function UserMenu({ onHelp }: { readonly onHelp: () => void }) {
  const { user } = useCurrentSession()
  const { signOut } = useSignOut()
  const navigate = useNavigate()
  const choice = useThemeChoice()
  const name = user?.email ?? 'Signed in'
  const nextTheme = THEME_CHOICES[(THEME_CHOICES.indexOf(choice) + 1) % THEME_CHOICES.length] ?? 'system'
  const ThemeIcon = THEMES[choice].icon
  const entries: readonly MenuEntry[] = [
    { kind: 'label', label: name },
    { kind: 'item', label: 'Settings', icon: <Settings />, onSelect: () => void navigate({ to: '/settings' }) },
    { kind: 'item', label: THEMES[choice].label, icon: <ThemeIcon />, onSelect: () => chooseTheme(nextTheme) },
    { kind: 'item', label: 'Keyboard shortcuts', icon: <Keyboard />, hint: <Kbd keys="?" />, onSelect: onHelp },
    { kind: 'separator', label: 'leaving' },
    { kind: 'item', label: 'Sign out', icon: <LogOut />, onSelect: signOut },
  ]
  return (
    <Menu
      align="start"
      side="top"
      entries={entries}
      renderTrigger={(props) => (
        <button
          {...props}
          type="button"
          className="flex h-9 w-full items-center gap-2.5 rounded-md px-2 text-sm hover:bg-hover data-[state=open]:bg-hover"
        >
          <span
            aria-hidden
            className="inline-flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent-ink uppercase"
          >
            {initialOf(name)}
          </span>
          <span className="min-w-0 grow truncate text-left">{name}</span>
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-faint" />
        </button>
      )}
    />
  )
}
