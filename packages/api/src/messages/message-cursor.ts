import { isUuid, type Uuid } from '@maildock/core'
import { invalidCursor } from '../validation/invalid-fields.ts'

/** The place after the last message of a page, in the order newest first. */
export interface MessageCursor {
  readonly receivedAt: Date
  readonly messageId: Uuid
}

/** Makes the opaque cursor. It holds nothing that the page did not show. */
export function formatMessageCursor({ receivedAt, messageId }: MessageCursor): string {
  return Buffer.from(`${receivedAt.getTime()}.${messageId}`).toString('base64url')
}

/** Times a mail can have (RFC 5322 years), and PostgreSQL takes. */
const FIRST_TIME = Date.parse('0001-01-01T00:00:00Z')
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z')
const CURSOR = /^(?<time>-?\d{1,15})\.(?<id>[0-9a-f-]{36})$/u

/** @throws MaildockError validation.failed for anything this process did not make */
export function parseMessageCursor(text: string): MessageCursor {
  const { time, id } = CURSOR.exec(Buffer.from(text, 'base64url').toString('latin1'))?.groups ?? {}
  const receivedMs = Number(time)
  if (!isUuid(id) || !(receivedMs >= FIRST_TIME && receivedMs <= LAST_TIME)) {
    throw invalidCursor()
  }
  return { receivedAt: new Date(receivedMs), messageId: id }
}
