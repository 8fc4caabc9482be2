import { randomUUID } from 'node:crypto'
import { parseMailPath } from './mail-path.ts'
import { InvalidDraft } from './message-draft.ts'

/**
 * A new Message-ID (RFC 5322 section 3.6.4) in the domain of an account's address, as A-labels. Made once for each message and kept: every attempt
 * to send it carries the same one, so that receivers can tell a copy.
 *
 * @throws InvalidDraft when the address is none.
 */
export function createMessageId(accountAddress: string): string {
  const path = parseMailPath(accountAddress)
  if (path === null) throw new InvalidDraft('from', 'not a mailbox')
  return `<${randomUUID()}@${path.domain}>`
}
