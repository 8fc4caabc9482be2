import { parseExtraHeaders, toValuePieces } from './extra-headers.ts'
import { foldField, toPhrasePieces, toTextPieces } from './header-text.ts'
import { parseMailPath, type MailPath } from './mail-path.ts'
import { InvalidDraft, type DraftField, type DraftMailbox, type MessageDraft } from './message-draft.ts'

/** RFC 5322 section 3.6.4, without comments and quoted parts. */
const OWN_MESSAGE_ID = /^<[^\s<>@\u0000-\u001f\u007f-\uffff]{1,400}@[^\s<>@\u0000-\u001f\u007f-\uffff]{1,400}>$/u
/** What others wrote as one: anything that stays within its brackets and its line. */
const FOREIGN_MESSAGE_ID = /^<[\u0021-\u003b\u003d\u003f-\u007e]{1,900}>$/u
/** Of a longer thread the beginning and the latest are kept: receivers need the root and the neighbours. */
const MAX_REFERENCES = 100

/** The mailboxes of a draft, as paths. */
export interface DraftPaths {
  readonly from: MailPath
  readonly to: readonly MailPath[]
  readonly cc: readonly MailPath[]
  readonly bcc: readonly MailPath[]
  readonly replyTo: MailPath | null
}

/** @throws InvalidDraft for what is no mailbox, and when there is nobody to send to. */
export function readPaths({ from, to, cc, bcc, replyTo }: MessageDraft): DraftPaths {
  if (to.length + cc.length + bcc.length === 0) throw new InvalidDraft('recipients', 'none')
  return {
    from: readPath('from', from),
    to: to.map((mailbox) => readPath('to', mailbox)),
    cc: cc.map((mailbox) => readPath('cc', mailbox)),
    bcc: bcc.map((mailbox) => readPath('bcc', mailbox)),
    replyTo: replyTo === undefined ? null : readPath('replyTo', replyTo),
  }
}

function readPath(field: DraftField, { address }: DraftMailbox): MailPath {
  const path = parseMailPath(address)
  if (path === null) throw new InvalidDraft(field, 'not a mailbox')
  return path
}

/**
 * The fields of a message but those of MIME, in the order people expect, without Bcc (RFC 5322 section 3.6). We write them ourselves: the library's
 * writer leaves a word of 998 characters on one line, and shows a subject that looks like an encoded word as something else.
 *
 * @throws InvalidDraft
 */
export function renderHeader(draft: MessageDraft, paths: DraftPaths): string {
  if (!OWN_MESSAGE_ID.test(draft.messageIdHeader)) throw new InvalidDraft('messageIdHeader', 'not a message id')
  const extra = parseExtraHeaders(draft.headers)
  if (!extra.ok) throw new InvalidDraft('headers', extra.refused.map(({ index, problem }) => `${index} ${problem}`).join(', '))
  const inReplyTo = listForeignIds(draft.inReplyTo === undefined ? [] : [draft.inReplyTo])
  const fields: readonly (readonly [string, readonly string[]])[] = [
    ['From', toMailboxPieces([draft.from], [paths.from])],
    ['To', toMailboxPieces(draft.to, paths.to)],
    ['Cc', toMailboxPieces(draft.cc, paths.cc)],
    ['Reply-To', paths.replyTo === null || draft.replyTo === undefined ? [] : toMailboxPieces([draft.replyTo], [paths.replyTo])],
    ['Subject', toTextPieces('Subject', draft.subject)],
    ['Date', [` ${formatDate(draft.date)}`]],
    ['Message-ID', [` ${draft.messageIdHeader}`]],
    ['In-Reply-To', inReplyTo.map((id) => ` ${id}`)],
    ['References', listForeignIds(draft.references).map((id) => ` ${id}`)],
    ...extra.headers.map(({ name, value }) => [name, toValuePieces(value)] as const),
  ]
  return fields
    .filter(([, pieces]) => pieces.length > 0)
    .map(([name, pieces]) => foldField(name, pieces))
    .join('\r\n')
}

function toMailboxPieces(mailboxes: readonly DraftMailbox[], paths: readonly MailPath[]): readonly string[] {
  return paths.flatMap(({ address }, index) => {
    const separator = index === paths.length - 1 ? '' : ','
    return [...toPhrasePieces(mailboxes[index]?.name ?? ''), ` <${address}>${separator}`]
  })
}

/** RFC 5322 section 3.3, in UTC. */
function formatDate(date: Date): string {
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1900 || date.getUTCFullYear() > 9999)
    throw new InvalidDraft('date', 'not a date')
  return date.toUTCString().replace('GMT', '+0000')
}

function listForeignIds(ids: readonly string[]): readonly string[] {
  const unique = [...new Set(ids)].filter((id) => FOREIGN_MESSAGE_ID.test(id))
  return unique.length <= MAX_REFERENCES ? unique : [...unique.slice(0, 1), ...unique.slice(1 - MAX_REFERENCES)]
}
