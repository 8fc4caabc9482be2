import { toEmailKey } from '@maildock/core'
import { parseMailPath } from '@maildock/mail'

/** The key under which two spellings are one recipient: domain as A-labels, lower case, NFC. For comparison only. */
export function toSuppressionKey(address: string): string {
  return toEmailKey(parseMailPath(address.trim())?.address ?? address)
}
