import { ServerRefusal } from '../refusal.ts'
import { ProtocolViolation, type LineStream } from '../wire/line-stream.ts'

/** A whole reply (RFC 5321 section 4.2). */
export interface SmtpReply {
  readonly replyCode: number
  readonly enhancedStatus: string | undefined
  readonly text: string
}

const MAX_LINES = 100

/**
 * Reads one reply, all its lines, in any spacing.
 *
 * @throws ProtocolViolation for what is no reply.
 */
export async function readSmtpReply(lines: LineStream): Promise<SmtpReply> {
  const { replyCode, texts } = await readReplyLines(lines)
  return parseSmtpReply(texts.map((text) => `${replyCode} ${text}`).join('\n'))
}

/**
 * The same, line by line: of EHLO each line tells something.
 *
 * @throws ProtocolViolation for what is no reply, and for lines that do not agree whether it is one of success (RFC 5321 section 4.2.1).
 */
export async function readReplyLines(lines: LineStream): Promise<{ readonly replyCode: number; readonly texts: readonly string[] }> {
  const texts: string[] = []
  let first = ''
  for (let count = 0; count < MAX_LINES; count += 1) {
    const line = await lines.readLine()
    const [, code = '', hyphen = '', text = ''] = /^([2-5]\d\d)(?!\d)(?:(-)| )?(.*)$/u.exec(line.trimEnd()) ?? []
    if (code === '' || (first !== '' && code[0] !== first[0])) throw new ProtocolViolation('not an SMTP reply', line)
    first = code
    texts.push(text)
    if (hyphen === '') return { replyCode: Number(code), texts }
  }
  throw new ProtocolViolation('an SMTP reply without end')
}

/** Splits a reply, one line or many joined, into code, enhanced status and text. Not a reply: code 0. */
export function parseSmtpReply(reply: string): SmtpReply {
  const match = /^(\d{3})[ -]?\s*(?:([245]\.\d{1,3}\.\d{1,3})(?=\s|$)\s*)?(.*)$/su.exec(reply.trim())
  if (match === null) return { replyCode: 0, enhancedStatus: undefined, text: reply }
  const [, code, enhancedStatus, rest = ''] = match
  // Of a reply of many lines each repeats code and status.
  const repeated = new RegExp(`(?:\\r?\\n)${code}[ -]?(?:[245]\\.\\d{1,3}\\.\\d{1,3}\\s)?`, 'gu')
  return { replyCode: Number(code), enhancedStatus, text: rest.replace(repeated, ' ').trim() }
}

/** @throws ServerRefusal when the reply is not positive (2xx). */
export function requirePositive(reply: SmtpReply): void {
  if (reply.replyCode < 200 || reply.replyCode > 299) throw new ServerRefusal(reply)
}
