import type { Mailbox } from '@maildock/client'

type SpecialUse = NonNullable<Mailbox['specialUse']>

/** Rank and name of the mailboxes every account has. Total: a new special use does not compile until it has its place. */
const SPECIAL: Readonly<Record<SpecialUse, { readonly rank: number; readonly label: string }>> = {
  '\\Inbox': { rank: 0, label: 'Inbox' },
  '\\Flagged': { rank: 1, label: 'Flagged' },
  '\\Important': { rank: 2, label: 'Important' },
  '\\Drafts': { rank: 3, label: 'Drafts' },
  '\\Sent': { rank: 4, label: 'Sent' },
  '\\Archive': { rank: 5, label: 'Archive' },
  '\\All': { rank: 6, label: 'All mail' },
  '\\Junk': { rank: 7, label: 'Junk' },
  '\\Trash': { rank: 8, label: 'Trash' },
}
const ORDINARY_RANK = 9

export interface ListedMailbox {
  readonly mailbox: Mailbox
  readonly label: string
  /** How deep it lies under others, 0 for the top. */
  readonly depth: number
}

/** Mailboxes as people look for them: the special ones first, the others by path, each under its parent. */
export function orderMailboxes(mailboxes: readonly Mailbox[]): readonly ListedMailbox[] {
  return mailboxes
    .toSorted((a, b) => rankOf(a) - rankOf(b) || a.path.localeCompare(b.path, undefined, { numeric: true }))
    .map((mailbox) => ({ mailbox, label: labelOf(mailbox), depth: rankOf(mailbox) < ORDINARY_RANK ? 0 : depthOf(mailbox) }))
}

/** The mailbox to open first. */
export function findInbox(mailboxes: readonly Mailbox[]): Mailbox | undefined {
  return mailboxes.find((mailbox) => mailbox.specialUse === '\\Inbox') ?? orderMailboxes(mailboxes)[0]?.mailbox
}

export function labelOf({ path, delimiter, specialUse }: Mailbox): string {
  if (specialUse !== null) return SPECIAL[specialUse].label
  return (delimiter === null ? path : path.split(delimiter).findLast((segment) => segment !== '')) ?? path
}

function rankOf({ specialUse }: Mailbox): number {
  return specialUse === null ? ORDINARY_RANK : SPECIAL[specialUse].rank
}

/** INBOX as a parent is not counted: on many servers everything lies under it. */
function depthOf({ path, delimiter }: Mailbox): number {
  if (delimiter === null) return 0
  const parents = path.split(delimiter).slice(0, -1)
  return Math.min(3, parents[0]?.toUpperCase() === 'INBOX' ? parents.length - 1 : parents.length)
}
