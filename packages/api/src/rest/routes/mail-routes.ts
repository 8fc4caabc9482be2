import { IdText, Mailbox, Message, MessagePage, UpdateMailboxInput } from '@maildock/core'
import { z } from 'zod'
import { restRoute, type RestRoute } from '../rest-route.ts'

const tag = 'Mail'
const ACCOUNT_ID = '550e8400-e29b-41d4-a716-446655440000'
const MAILBOX_ID = '01940000-0000-7000-8000-000000000001'
const THREAD_ID = '01940000-0000-7000-8000-000000000003'

const SUMMARY_EXAMPLE = {
  id: '01940000-0000-7000-8000-000000000002',
  account_id: ACCOUNT_ID,
  mailbox_ids: [MAILBOX_ID],
  thread_id: THREAD_ID,
  subject: 'Lunch on Friday?',
  from: [{ name: 'Ada Lovelace', address: 'ada@example.org' }],
  to: [{ name: null, address: 'hello@yourdomain.com' }],
  snippet: 'Shall we meet at noon?',
  received_at: '2026-01-15T09:58:12Z',
  sent_at: '2026-01-15T09:58:10Z',
  size_octets: 2310,
  seen: false,
  flagged: false,
  answered: false,
  draft: false,
  has_attachments: false,
}

const MESSAGE_EXAMPLE = {
  ...SUMMARY_EXAMPLE,
  cc: [],
  bcc: [],
  reply_to: [],
  message_id_header: '<1@example.org>',
  in_reply_to: null,
  references: [],
  body_state: 'stored',
  text: 'Shall we meet at noon?\n\nAda',
  attachments: [],
}

const MAILBOX_EXAMPLE = {
  id: MAILBOX_ID,
  account_id: ACCOUNT_ID,
  path: 'INBOX',
  delimiter: '/',
  special_use: '\\Inbox',
  messages_total: 214,
  messages_unseen: 3,
  synced: true,
  sync_error: null,
}

/** As text in the address, a number for the procedure. */
const limit = z.coerce.number().int().min(1).max(100).optional().meta({ description: 'Messages in the page, 1 to 100. Default 50.' })

/** Reading synced mail, which also works while the mail server does not and after the account was disconnected; and choosing what is synced. */
export const MAIL_ROUTES: readonly RestRoute[] = [
  restRoute({
    method: 'GET',
    path: '/api/accounts/{account_id}/mailboxes',
    procedure: 'mailboxes.list',
    type: 'query',
    summary: 'List the mailboxes of an account',
    tag,
    auth: 'session',
    response: z.object({ mailboxes: z.array(Mailbox) }),
    toBody: (mailboxes) => ({ mailboxes }),
    errors: ['account.not_found'],
    examples: { response: { mailboxes: [MAILBOX_EXAMPLE] } },
  }),
  restRoute({
    method: 'PATCH',
    path: '/api/accounts/{account_id}/mailboxes/{id}',
    procedure: 'mailboxes.update',
    type: 'mutation',
    summary: 'Choose whether a mailbox is synchronised',
    description:
      'One that is left out is not opened any more; what was stored stays readable. Taken in again, it goes on where it stood, at once. INBOX cannot be left out.',
    tag,
    auth: 'session',
    body: UpdateMailboxInput.omit({ accountId: true, id: true }),
    response: z.object({ mailbox: Mailbox }),
    toBody: (mailbox) => ({ mailbox }),
    errors: ['account.not_found', 'mailbox.not_found', 'mailbox.inbox_required'],
    examples: {
      request: { synced: false },
      response: {
        mailbox: { ...MAILBOX_EXAMPLE, id: '01940000-0000-7000-8000-000000000003', path: 'Junk', special_use: '\\Junk', synced: false },
      },
    },
  }),
  restRoute({
    method: 'GET',
    path: '/api/accounts/{account_id}/messages',
    procedure: 'messages.list',
    type: 'query',
    summary: 'List messages, newest first',
    description:
      'Of one mailbox or of all, of one conversation or of all. `next_cursor` leads to the next page; null: this is the last one.',
    tag,
    auth: 'session',
    query: z.object({
      mailboxId: IdText.optional().meta({ description: 'Only this mailbox. Default: all.' }),
      threadId: IdText.optional().meta({
        description:
          'Only this conversation, from the `thread_id` of a message. Of two that became one, either finds it. One that is not there has no messages.',
      }),
      cursor: z.string().max(200).optional().meta({ description: '`next_cursor` of the page before.' }),
      limit,
    }),
    response: MessagePage,
    toBody: (page) => page,
    errors: ['account.not_found', 'mailbox.not_found'],
    examples: { response: { messages: [SUMMARY_EXAMPLE], next_cursor: null } },
  }),
  restRoute({
    method: 'GET',
    path: '/api/accounts/{account_id}/messages/{id}',
    procedure: 'messages.get',
    type: 'query',
    summary: 'Read one message as plain text',
    tag,
    auth: 'session',
    response: z.object({ message: Message }),
    toBody: (message) => ({ message }),
    errors: ['account.not_found', 'message.not_found'],
    examples: { response: { message: MESSAGE_EXAMPLE } },
  }),
]
