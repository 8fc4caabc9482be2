import {
  AtSign,
  Ban,
  FilePen,
  Inbox,
  Keyboard,
  KeyRound,
  LogOut,
  Monitor,
  Moon,
  PenLine,
  Plus,
  Send,
  Settings,
  SlidersHorizontal,
  Sun,
} from 'lucide-react'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useAccounts } from '../accounts/use-accounts.ts'
import { useSignOut } from '../session/use-session.ts'
import type { Command } from './command-search.ts'
import { chooseTheme } from './theme.ts'

export interface RunnableCommand extends Command {
  readonly icon: ReactNode
  readonly run: () => void
}

/** What the command menu offers at the moment: the user's accounts first, then pages, then actions. */
export function useCommands(onHelp: () => void): readonly RunnableCommand[] {
  const { data: accounts = [] } = useAccounts()
  const navigate = useNavigate()
  const { signOut } = useSignOut()
  return [
    ...accounts.map((account) => ({
      id: `open-${account.id}`,
      label: account.email,
      group: 'Open mail',
      ...(account.name === null ? {} : { keywords: account.name }),
      icon: <AtSign />,
      run: () => void navigate({ to: '/accounts/$accountId', params: { accountId: account.id } }),
    })),
    { id: 'accounts', label: 'Accounts', group: 'Go to', keywords: 'home list', icon: <Inbox />, run: () => void navigate({ to: '/' }) },
    {
      id: 'drafts',
      label: 'Drafts',
      group: 'Go to',
      keywords: 'unfinished saved',
      icon: <FilePen />,
      run: () => void navigate({ to: '/drafts' }),
    },
    {
      id: 'outbox',
      label: 'Outbox',
      group: 'Go to',
      keywords: 'sent submissions failed waiting retry cancel',
      icon: <Send />,
      run: () => void navigate({ to: '/outbox' }),
    },
    {
      id: 'suppressions',
      label: 'Suppressed addresses',
      group: 'Go to',
      keywords: 'bounce complaint blocked list recipients',
      icon: <Ban />,
      run: () => void navigate({ to: '/suppressions' }),
    },
    {
      id: 'keys',
      label: 'API keys',
      group: 'Go to',
      keywords: 'token secret program send',
      icon: <KeyRound />,
      run: () => void navigate({ to: '/keys' }),
    },
    {
      id: 'settings',
      label: 'Settings',
      group: 'Go to',
      keywords: 'password sessions theme profile',
      icon: <Settings />,
      run: () => void navigate({ to: '/settings' }),
    },
    {
      id: 'compose',
      label: 'New message',
      group: 'Action',
      keywords: 'write compose send mail',
      icon: <PenLine />,
      run: () => void navigate({ to: '/compose' }),
    },
    {
      id: 'connect',
      label: 'Connect an account',
      group: 'Action',
      keywords: 'add new mailbox imap smtp',
      icon: <Plus />,
      run: () => void navigate({ to: '/connect' }),
    },
    { id: 'theme-light', label: 'Use the light theme', group: 'Action', icon: <Sun />, run: () => chooseTheme('light') },
    { id: 'theme-dark', label: 'Use the dark theme', group: 'Action', icon: <Moon />, run: () => chooseTheme('dark') },
    { id: 'theme-system', label: 'Use the system’s theme', group: 'Action', icon: <Monitor />, run: () => chooseTheme('system') },
    { id: 'help', label: 'Keyboard shortcuts', group: 'Action', keywords: 'help keys', icon: <Keyboard />, run: onHelp },
    ...accounts.map((account) => ({
      id: `edit-${account.id}`,
      label: `Edit ${account.email}`,
      group: 'Action',
      keywords: 'servers password name default disconnect',
      icon: <SlidersHorizontal />,
      run: () => void navigate({ to: '/accounts/$accountId/edit', params: { accountId: account.id } }),
    })),
    { id: 'sign-out', label: 'Sign out', group: 'Action', keywords: 'log out leave', icon: <LogOut />, run: signOut },
  ]
}
