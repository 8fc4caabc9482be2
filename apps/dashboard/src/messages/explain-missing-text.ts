import type { Account, Mailbox, Message, SyncProgress } from '@maildock/client'
import { mailboxErrorOf } from './mailbox-error.ts'

/** Why a message shows no text. Of the first six the text may still come; of the others there is none. */
export type MissingTextReason =
  /** The sync is on it. */
  | 'arriving'
  /** Nothing is wrong, yet the server has not given it so far; it is asked for again. */
  | 'withheld'
  /** The account cannot be read at the moment. */
  | 'account_error'
  /** No mailbox the message is in can be read at the moment. */
  | 'mailbox_error'
  /** Every mailbox it is in is left out of the sync. */
  | 'left_out'
  /** It is in no mailbox any more. It may reappear in another. */
  | 'gone'
  /** It has none, and no HTML with words in it. */
  | 'no_text'
  /** It is larger than what is stored, or the server was asked often enough and did not give it. */
  | 'given_up'
  | 'unparsable'

export interface MissingText {
  readonly message: Pick<Message, 'bodyState' | 'mailboxIds'>
  /** Undefined, here and below: not known yet. */
  readonly account: Pick<Account, 'syncStatus' | 'syncError'> | undefined
  /** Of the account. */
  readonly mailboxes: readonly Mailbox[] | undefined
  readonly progress: SyncProgress | undefined
}

/** The reason a message without text has none. Only of a text that may still come it depends on the account. */
export function explainMissingText({ message, ...situation }: MissingText): MissingTextReason {
  switch (message.bodyState) {
    case 'pending':
      return explainPending(message.mailboxIds, situation)
    case 'stored':
      return 'no_text'
    case 'too_large':
      return 'given_up'
    case 'unparsable':
      return 'unparsable'
    default:
      return message.bodyState satisfies never
  }
}

function explainPending(mailboxIds: readonly string[], { account, mailboxes, progress }: Omit<MissingText, 'message'>): MissingTextReason {
  if (mailboxIds.length === 0) return 'gone'
  if (account === undefined || mailboxes === undefined) return 'arriving'
  const places = mailboxes.filter(({ id }) => mailboxIds.includes(id))
  if (places.length === 0) return 'gone'
  const wanted = places.filter(({ synced }) => synced)
  if (wanted.length === 0) return 'left_out'
  if (account.syncStatus === 'error') return 'account_error'
  if (wanted.every((mailbox) => mailboxErrorOf(mailbox, progress) !== null)) return 'mailbox_error'
  const isOpen = progress?.mailboxes.some(
    ({ mailboxId, messagesDone, messagesExpected }) => mailboxIds.includes(mailboxId) && messagesDone < messagesExpected,
  )
  return account.syncStatus === 'synced' && account.syncError === null && isOpen !== true ? 'withheld' : 'arriving'
}
