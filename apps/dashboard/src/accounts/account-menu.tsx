import type { Account } from '@maildock/client'
import { Ellipsis, Inbox, RefreshCw, Settings2, Star, Unplug } from 'lucide-react'
import { useNavigate } from '@tanstack/react-router'
import { IconButton } from '../ui/button.tsx'
import { Menu, type MenuEntry } from '../ui/menu.tsx'
import { useMakeDefault, useSyncNow } from './use-accounts.ts'

export interface AccountMenuProps {
  readonly account: Account
  readonly onDisconnect: () => void
}

/** Everything that can be done with an account. */
export function AccountMenu({ account, onDisconnect }: AccountMenuProps) {
  const navigate = useNavigate()
  const makeDefault = useMakeDefault()
  const syncNow = useSyncNow()
  const params = { accountId: account.id }
  const promote: MenuEntry = {
    kind: 'item',
    label: 'Make default',
    icon: <Star />,
    onSelect: () => makeDefault.mutate({ id: account.id, isDefault: true }),
  }
  const entries: readonly MenuEntry[] = [
    { kind: 'item', label: 'Open mail', icon: <Inbox />, onSelect: () => void navigate({ to: '/accounts/$accountId', params }) },
    { kind: 'item', label: 'Sync now', icon: <RefreshCw />, onSelect: () => syncNow.mutate({ accountId: account.id }) },
    { kind: 'item', label: 'Edit', icon: <Settings2 />, onSelect: () => void navigate({ to: '/accounts/$accountId/edit', params }) },
    ...(account.isDefault ? [] : [promote]),
    { kind: 'separator', label: 'leaving' },
    { kind: 'item', label: 'Disconnect…', icon: <Unplug />, danger: true, onSelect: onDisconnect },
  ]
  return (
    <Menu
      entries={entries}
      renderTrigger={(props) => (
        <IconButton {...props} label={`Actions for ${account.email}`}>
          <Ellipsis aria-hidden className="size-4" />
        </IconButton>
      )}
    />
  )
}
