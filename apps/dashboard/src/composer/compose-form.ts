import { listFieldErrors, toMaildockError, type Account, type DraftContent } from '@maildock/client'
import { describeFailure } from '../shell/failure-message.ts'
import { listInvalid, readRecipient, type Recipient } from './recipients.ts'

/** What is written. `html` is the document of the editor. */
export type Composition = DraftContent

export type ComposeErrors = Partial<Record<'from' | 'to' | 'cc' | 'bcc' | 'subject' | 'form', string>>

export const EMPTY_COMPOSITION: Composition = {
  accountId: null,
  to: [],
  cc: [],
  bcc: [],
  subject: '',
  html: '',
  inReplyToMessage: null,
  forwardOfMessage: null,
}

/** The account a message is sent from: the one that was chosen, else the default, else the first. Null: none is connected. */
export function chooseSender(accounts: readonly Account[], accountId: string | null): Account | null {
  return accounts.find(({ id }) => id === accountId) ?? accounts.find(({ isDefault }) => isDefault) ?? accounts[0] ?? null
}

/** What keeps a message from being sent, as far as this page can tell. Empty: nothing. */
export function checkComposition({ to, cc, bcc }: Composition, sender: Account | null): ComposeErrors {
  const errors: ComposeErrors = {}
  if (sender === null) errors.from = 'Connect an account first.'
  for (const [field, texts, max] of [
    ['to', to, 100],
    ['cc', cc, 50],
    ['bcc', bcc, 50],
  ] as const) {
    const invalid = listInvalid(texts)
    if (invalid.length > 0)
      errors[field] = invalid.length === 1 ? `“${invalid[0]}” is not an address.` : `${invalid.length} of these are not addresses.`
    else if (texts.length > max) errors[field] = `There are at most ${max}.`
  }
  if (to.length === 0 && errors.to === undefined) errors.to = 'Name at least one recipient.'
  return errors
}

/** The message as it is sent, without the empty lines below it. What is no recipient was refused before. */
export function toMessage({ to, cc, bcc, subject, html, inReplyToMessage, forwardOfMessage }: Composition, sender: Account, text: string) {
  return {
    from: { email: sender.email, ...(sender.name === null ? {} : { name: sender.name }) },
    to: readAll(to),
    ...(cc.length === 0 ? {} : { cc: readAll(cc) }),
    ...(bcc.length === 0 ? {} : { bcc: readAll(bcc) }),
    subject,
    html: html.replace(/(?:<p><\/p>)+$/u, ''),
    text,
    ...(inReplyToMessage === null ? {} : { inReplyToMessage }),
    ...(forwardOfMessage === null ? {} : { forwardOfMessage }),
  }
}

function readAll(texts: readonly string[]): Recipient[] {
  return texts.flatMap((text) => readRecipient(text) ?? [])
}

/** What the server said against it, by field. Suppressed recipients are named. */
export function explainRefusal(failure: unknown): ComposeErrors {
  const error = toMaildockError(failure)
  if (error.code === 'send.recipient_suppressed') {
    return { form: `${describeFailure(error).text} ${listSuppressed(error.details)}`.trim() }
  }
  const { fieldErrors } = listFieldErrors(error)
  const named = Object.entries(fieldErrors).flatMap(([field, texts]) => {
    const key = field.replace(/^message\./u, '').split('.')[0] ?? ''
    return texts[0] !== undefined && isField(key) ? [[key, texts[0]] as const] : []
  })
  return named.length > 0 ? Object.fromEntries(named) : { form: describeFailure(error).text }
}

function isField(key: string): key is 'from' | 'to' | 'cc' | 'bcc' | 'subject' {
  return ['from', 'to', 'cc', 'bcc', 'subject'].includes(key)
}

function listSuppressed(details: unknown): string {
  const recipients: unknown = typeof details === 'object' && details !== null && 'recipients' in details ? details.recipients : []
  const emails = Array.isArray(recipients)
    ? recipients.flatMap((one: unknown) => (typeof one === 'object' && one !== null && 'email' in one ? [String(one.email)] : []))
    : []
  return emails.length === 0 ? '' : `It is: ${emails.join(', ')}.`
}
