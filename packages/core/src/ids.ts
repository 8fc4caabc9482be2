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

/** Tells whether a value from outside is a UUID. Used where "no UUID" means "not found", not "bad request". */
export function isUuid(value: unknown): value is Uuid {
  return Uuid.safeParse(value).success
}
