import { z } from 'zod'

/** Before it there is no IMAP and no day that a mail server would know how to read. */
const EARLIEST = Date.UTC(1970, 0, 1)

/**
 * Since when mail is synchronised: a day, which begins at midnight UTC, or a moment. It stays text, so that what is sent and what is
 * checked have one type; `toSyncFrom` reads it. Not in the future: new mail always comes.
 */
export const SyncFrom = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], 'Enter a date such as 2026-01-15, or an ISO time.')
  .refine((value) => Date.parse(value) >= EARLIEST, 'Mail is not older than 1970. Leave the date out to have everything.')
  .refine((value) => Date.parse(value) <= Date.now(), 'The date must not be in the future: new mail always comes.')
  .meta({ description: 'A day, from midnight UTC on, or an ISO time.', examples: ['2026-01-15', '2026-01-15T08:00:00Z'] })
export type SyncFrom = z.infer<typeof SyncFrom>

/** The moment a SyncFrom names. */
export function toSyncFrom(value: SyncFrom): Date {
  return new Date(value)
}

/** Whether a window reaches further back than another one. Null reaches back to the beginning. */
export function reachesFurther(syncFrom: Date | null, than: Date | null): boolean {
  return than !== null && (syncFrom === null || syncFrom < than)
}
