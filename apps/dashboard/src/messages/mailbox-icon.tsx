import type { Mailbox } from '@maildock/client'
import { Archive, File, Flag, Folder, Inbox, Layers, OctagonAlert, Send, Sparkles, Trash2, type LucideIcon } from 'lucide-react'

const ICONS: Readonly<Record<NonNullable<Mailbox['specialUse']>, LucideIcon>> = {
  '\\Inbox': Inbox,
  '\\Flagged': Flag,
  '\\Important': Sparkles,
  '\\Drafts': File,
  '\\Sent': Send,
  '\\Archive': Archive,
  '\\All': Layers,
  '\\Junk': OctagonAlert,
  '\\Trash': Trash2,
}

export function MailboxIcon({ mailbox }: { readonly mailbox: Mailbox }) {
  const Icon = mailbox.specialUse === null ? Folder : ICONS[mailbox.specialUse]
  return <Icon aria-hidden className="size-4 shrink-0" />
}
