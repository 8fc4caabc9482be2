import { MAX_SOURCE_OCTETS, MaildockError, RecipientKind, type SendAddress, type SendAttachment, type SendInput } from '@maildock/core'
import {
  composeMessage,
  createMessageId,
  InvalidDraft,
  parseExtraHeaders,
  parseMailPath,
  type ComposedMessage,
  type DraftAttachment,
  type DraftMailbox,
  type ExtraHeader,
  type MessageDraft,
} from '@maildock/mail'
import { invalidFields } from '../validation/invalid-fields.ts'
import type { Sender } from './find-sender.ts'
import type { Answered } from './read-answered.ts'

/** What a message takes from those that are stored: what it answers, and what it forwards. */
export interface TakenAlong extends Answered {
  readonly attachments: readonly DraftAttachment[]
}

/** A message ready to be stored and handed over. */
export interface PreparedMessage extends ComposedMessage {
  readonly messageIdHeader: string
}

/**
 * Composes what a caller wants sent. Reads nothing and sends nothing.
 * @throws MaildockError validation.failed (an address or a header that cannot be used), request.too_large
 */
export async function prepareMessage(input: SendInput, sender: Sender, taken: TakenAlong): Promise<PreparedMessage> {
  refuseBadAddresses(input)
  const messageIdHeader = refuseInvalid(() => createMessageId(sender.email))
  const composed = await compose({
    messageIdHeader,
    date: new Date(),
    from: { address: sender.email, name: input.from.name ?? sender.name ?? undefined },
    to: input.to.map(toMailbox),
    cc: (input.cc ?? []).map(toMailbox),
    bcc: (input.bcc ?? []).map(toMailbox),
    replyTo: input.replyTo === undefined ? undefined : toMailbox(input.replyTo),
    subject: input.subject,
    text: input.text,
    html: input.html,
    attachments: [...(input.attachments ?? []).map(toAttachment), ...taken.attachments],
    headers: readHeaders(input),
    inReplyTo: taken.inReplyTo,
    references: taken.references,
  })
  if (composed.source.length > MAX_SOURCE_OCTETS) {
    throw new MaildockError('request.too_large')
  }
  return { ...composed, messageIdHeader }
}

async function compose(draft: MessageDraft): Promise<ComposedMessage> {
  try {
    return await composeMessage(draft)
  } catch (error) {
    throw toInvalid(error)
  }
}

function refuseInvalid<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw toInvalid(error)
  }
}

/** What the vocabulary lets pass and a message cannot hold: an address that is too long as A-labels, a content id that is none. */
function toInvalid(error: unknown): unknown {
  return error instanceof InvalidDraft
    ? invalidFields({ [error.field.replace(/\..*/u, '')]: ['This cannot be put into a message.'] })
    : error
}

function toAttachment({ filename, content, contentType, cid }: SendAttachment): DraftAttachment {
  return { filename, content: Buffer.from(content, 'base64'), contentType, contentId: cid }
}

function toMailbox({ email, name }: SendAddress): DraftMailbox {
  return { address: email, name }
}

/** Where a copy of a message goes. */
export interface Recipient {
  readonly address: string
  readonly kind: RecipientKind
}

/** Each mailbox once, as the first of its kinds. One that cannot be sent to is as it was written. */
export function listRecipients(input: SendInput): readonly Recipient[] {
  const kinds = new Map<string, RecipientKind>()
  for (const kind of RecipientKind.options) {
    for (const { email } of input[kind] ?? []) {
      const address = parseMailPath(email)?.address ?? email
      kinds.set(address, kinds.get(address) ?? kind)
    }
  }
  return [...kinds].map(([address, kind]) => ({ address, kind }))
}

/** The vocabulary is lenient about addresses, a protocol line is not. */
function refuseBadAddresses({ replyTo, ...input }: SendInput): void {
  const named = [
    ...RecipientKind.options.map((kind) => [kind, input[kind] ?? []] as const),
    ['replyTo', replyTo === undefined ? [] : [replyTo]] as const,
  ]
  const bad = named.filter(([, addresses]) => addresses.some(({ email }) => parseMailPath(email) === null))
  if (bad.length > 0) {
    throw invalidFields(Object.fromEntries(bad.map(([field]) => [field, ['One of these addresses cannot be sent to.']])))
  }
}

const PROBLEMS = {
  malformed_name: 'is no name of a header',
  reserved_name: 'is set by Maildock',
  malformed_value: 'has an empty value, or one of several lines',
  too_long: 'is too long',
} as const

function readHeaders({ headers = {} }: SendInput): readonly ExtraHeader[] {
  const entries = Object.entries(headers).map(([name, value]) => ({ name, value }))
  const parsed = parseExtraHeaders(entries)
  if (!parsed.ok) {
    throw invalidFields({ headers: parsed.refused.map(({ index, problem }) => `Header ${index + 1} ${PROBLEMS[problem]}.`) })
  }
  return parsed.headers
}
