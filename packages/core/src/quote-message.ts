import { z } from 'zod'
import { parseBaseSubject } from './base-subject.ts'
import { toEmailKey } from './email-address.ts'
import { IdText } from './ids.ts'
import { Attachment, BodyState, Correspondent, type Message } from './message.ts'
import { toDisplayLine } from './storable-text.ts'

/** What is to be made of a message: an answer to who wrote it, to all who have it, or a new message with it inside. */
export const QuoteMode = z.enum(['reply', 'reply_all', 'forward'])
export type QuoteMode = z.infer<typeof QuoteMode>

export const QuoteInput = z.strictObject({
  accountId: IdText,
  id: IdText.meta({ description: 'Id of a synchronised message.' }),
  mode: QuoteMode,
})
export type QuoteInput = z.infer<typeof QuoteInput>

/** What an answer or a forward begins with. */
export const Quote = z.object({
  subject: z.string(),
  to: z.array(Correspondent).meta({
    description: 'Each address once, in `to` or in `cc`. As the message names them: one that cannot be sent to may be among them.',
  }),
  cc: z.array(Correspondent),
  text: z
    .string()
    .meta({ description: 'What stands below what is written: quoted in an answer, with its head in a forward. Lines end with LF.' }),
  complete: z.boolean().meta({ description: 'False: the message was longer, and its end is missing from the text.' }),
  bodyState: BodyState.meta({ description: 'Other than stored: there is no text of it, or not yet.' }),
  attachments: z.array(Attachment).meta({ description: 'What a forward takes along.' }),
})
export type Quote = z.infer<typeof Quote>

/** Of a message that are quoted: more than anybody reads below an answer. As HTML, escaped and line by line, they still fit into a draft. */
export const MAX_QUOTED_CHARACTERS = 60_000
/** As a header takes it (RFC 5322 section 2.1.1). */
const MAX_SUBJECT_CHARACTERS = 900
const MARKS: Readonly<Record<QuoteMode, string>> = { reply: 'Re: ', reply_all: 'Re: ', forward: 'Fwd: ' }

/**
 * What an answer to a message, or a forward of it, begins with: whom it goes to (RFC 5322 section 3.6.3), its subject with one mark whatever marks it had, and the
 * message quoted (RFC 3676 section 4.5). Pure and total.
 * @param ownAddress of the account: who answers is not written to, unless there is nobody else
 */
export function quoteMessage(message: Message, mode: QuoteMode, ownAddress: string): Quote {
  const { text, complete } = cutAtLine(cleanText(message.text ?? ''))
  const isForward = mode === 'forward'
  const body = isForward ? text : quoteLines(text)
  return {
    subject: `${MARKS[mode]}${parseBaseSubject(message.subject).base}`.slice(0, MAX_SUBJECT_CHARACTERS).toWellFormed().trimEnd(),
    ...(isForward ? { to: [], cc: [] } : findRecipients(message, mode, ownAddress)),
    text: `${isForward ? describeForwarded(message) : describeAnswered(message)}${body}${complete ? '' : '\n[…]'}`,
    complete,
    bodyState: message.bodyState,
    attachments: isForward ? [...message.attachments] : [],
  }
}

type Recipients = Pick<Quote, 'to' | 'cc'>

function findRecipients({ from, to, cc, replyTo }: Message, mode: QuoteMode, ownAddress: string): Recipients {
  const own = toEmailKey(ownAddress)
  const isOwn = from.some(({ address }) => address !== null && toEmailKey(address) === own)
  // An answer to what one wrote oneself goes on to whom it went.
  const authors = isOwn ? to : withAddress(replyTo).length > 0 ? replyTo : from
  const everybody = mode === 'reply_all' ? { to: [...authors, ...to], cc } : { to: authors, cc: [] }
  const others = takeEachOnce(everybody, new Set([own]))
  return others.to.length + others.cc.length > 0 ? others : takeEachOnce(everybody, new Set())
}

function takeEachOnce({ to, cc }: Recipients, taken: Set<string>): Recipients {
  const take = (list: readonly Correspondent[]): Correspondent[] =>
    withAddress(list).filter(({ address }) => {
      const key = toEmailKey(address ?? '')
      const isNew = !taken.has(key)
      taken.add(key)
      return isNew
    })
  return { to: take(to), cc: take(cc) }
}

function withAddress(list: readonly Correspondent[]): readonly Correspondent[] {
  return list.filter(({ address }) => address !== null && address !== '')
}

/** Control characters could make a line look like another one, or end it; tabs stay. */
function cleanText(text: string): string {
  return text.replaceAll(/\r\n?/gu, '\n').replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/gu, '')
}

function cutAtLine(text: string): { readonly text: string; readonly complete: boolean } {
  // By hand: an expression for it takes a time that grows with the square of the empty lines within the text.
  let length = text.length
  while (text[length - 1] === '\n') {
    length -= 1
  }
  const trimmed = text.slice(0, length)
  if (trimmed.length <= MAX_QUOTED_CHARACTERS) {
    return { text: trimmed, complete: true }
  }
  const kept = trimmed.slice(0, MAX_QUOTED_CHARACTERS)
  const end = kept.lastIndexOf('\n')
  return { text: (end < 0 ? kept : kept.slice(0, end)).toWellFormed(), complete: false }
}

/** One mark more for what is quoted already, so that levels can be told. */
function quoteLines(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '>' : line.startsWith('>') ? `>${line}` : `> ${line}`))
    .join('\n')
}

function describeAnswered({ from, sentAt, receivedAt }: Message): string {
  return `On ${describeTime(sentAt ?? receivedAt)}, ${describeList(from) || 'somebody'} wrote:\n`
}

function describeForwarded({ from, to, cc, subject, sentAt, receivedAt }: Message): string {
  const lines = [
    '---------- Forwarded message ----------',
    `From: ${describeList(from)}`,
    `Date: ${describeTime(sentAt ?? receivedAt)}`,
    `Subject: ${toDisplayLine(subject, MAX_SUBJECT_CHARACTERS)}`,
    `To: ${describeList(to)}`,
    ...(cc.length === 0 ? [] : [`Cc: ${describeList(cc)}`]),
  ]
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n\n`
}

/** So many are named: a list of thousands tells a reader nothing. */
const MAX_NAMED = 50

function describeList(list: readonly Correspondent[]): string {
  const named = list
    .slice(0, MAX_NAMED)
    .map(describeCorrespondent)
    .filter((text) => text !== '')
    .join(', ')
  return list.length <= MAX_NAMED ? named : `${named} and ${list.length - MAX_NAMED} more`
}

function describeCorrespondent({ name, address }: Correspondent): string {
  const [shownName, shownAddress] = [toDisplayLine(name ?? ''), toDisplayLine(address ?? '')]
  if (shownName === '' || shownAddress === '') {
    return shownName === '' ? shownAddress : shownName
  }
  return `${shownName} <${shownAddress}>`
}

const TIME = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
})

/** "Mon, 5 Jan 2026 at 09:08 UTC": in one language and zone, so that all who read it read the same. */
function describeTime(time: Date): string {
  const parts = new Map(TIME.formatToParts(time).map(({ type, value }) => [type, value]))
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  return `${part('weekday')}, ${part('day')} ${part('month')} ${part('year')} at ${part('hour')}:${part('minute')} UTC`
}
