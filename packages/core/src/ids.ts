import { z } from 'zod'

/** An identifier of ours: a UUID in lower case. New ones are UUIDv7, so that they sort by creation. */
export const Uuid = z
  .uuid()
  .transform((value) => value.toLowerCase())
  .meta({ description: 'A UUID.', examples: ['550e8400-e29b-41d4-a716-446655440000'] })
export type Uuid = string

/**
 * An id as a caller names it. Any text is accepted, of any length: what is no UUID is simply not found (404, not 400). The size of a
 * request bounds it.
 */
export const IdText = z.string()

/** An id without its hyphens, for where letters and digits alone may stand. */
export function toCompactUuid(id: Uuid): string {
  return id.replaceAll('-', '')
}

/** The id that was written so, in lower case; null when it is none. */
export function parseCompactUuid(text: string): Uuid | null {
  const id = text.toLowerCase().replace(/^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/u, '$1-$2-$3-$4-$5')
  return isUuid(id) ? id : null
}

/** Tells whether a value from outside is a UUID. Used where "no UUID" means "not found", not "bad request". */
export function isUuid(value: unknown): value is Uuid {
  return Uuid.safeParse(value).success
}
