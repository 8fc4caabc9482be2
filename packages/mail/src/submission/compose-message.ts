import { isAscii } from 'node:buffer'
import { composeBody } from './message-body.ts'
import type { ComposedMessage, MessageDraft } from './message-draft.ts'
import { readPaths, renderHeader } from './message-header.ts'

/** RFC 5322 section 2.1.1. */
const MAX_LINE_OCTETS = 998
const CR = 0x0d
const LF = 0x0a

/**
 * Composes a message and its envelope. Whatever the draft holds: Bcc is in the envelope alone; text of people stays within its field; lines have at
 * most 998 octets and end in CRLF; the same draft makes the same octets. Reads no file and opens no connection.
 *
 * @throws InvalidDraft for what is no mailbox, message id, content id or field that may be added: those are validated before.
 */
export async function composeMessage(draft: MessageDraft): Promise<ComposedMessage> {
  const paths = readPaths(draft)
  const header = renderHeader(draft, paths)
  const { fields, content } = await composeBody(draft)
  const source = Buffer.concat([Buffer.from(`${header}\r\n${fields}\r\n\r\n`), content])
  requireCleanLines(source)
  const recipients = [...paths.to, ...paths.cc, ...paths.bcc]
  const named = [paths.from, ...recipients, ...(paths.replyTo === null ? [] : [paths.replyTo])]
  return {
    source,
    reversePath: paths.from.address,
    forwardPaths: [...new Set(recipients.map(({ address }) => address))],
    needsSmtputf8: named.some(({ needsSmtputf8 }) => needsSmtputf8),
    needs8bit: !isAscii(source),
  }
}

/** The promise of `source`, looked at before it is made: a library that changes its mind must not be found out by a server. */
function requireCleanLines(source: Buffer): void {
  let lineStart = 0
  for (let end = source.indexOf(CR); end !== -1; end = source.indexOf(CR, lineStart)) {
    // An LF within the line has no CR before it.
    const firstLf = source.indexOf(LF, lineStart)
    if (firstLf !== end + 1 || end - lineStart > MAX_LINE_OCTETS) throw new Error('the composed message has a broken line')
    lineStart = end + 2
  }
  if (lineStart !== source.length || source.includes(0)) throw new Error('the composed message has a broken end, or NUL')
}
