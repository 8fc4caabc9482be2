import { LiveNotice } from '@maildock/core'

/** Reads the payload of a notification. Null for anything but a LiveNotice: whoever can reach the database can send one. */
export function parseLiveNotice(payload: string | undefined): LiveNotice | null {
  let value: unknown
  try {
    value = JSON.parse(payload ?? '')
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  return LiveNotice.safeParse(value).data ?? null
}
