import type { Correspondent } from '@maildock/client'

/** A name to show for one correspondent; the address where there is no name. */
export function nameOf({ name, address }: Correspondent): string {
  const shown = name?.trim()
  return shown !== undefined && shown !== '' ? shown : (address ?? 'Unknown')
}

/** Names for a list row: one in full, two or three by name, more by count. */
export function summarizeCorrespondents(correspondents: readonly Correspondent[], whenNone: string): string {
  const names = correspondents.map(nameOf)
  if (names.length === 0) return whenNone
  if (names.length <= 3) return names.join(', ')
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`
}

/** "Support <support@example.com>", or only the address. */
export function describeCorrespondent({ name, address }: Correspondent): string {
  if (address === null) return name ?? 'Unknown'
  return name === null || name.trim() === '' || name === address ? address : `${name} <${address}>`
}
