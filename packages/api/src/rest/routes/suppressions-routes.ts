import { AddSuppressionInput, Suppression, SuppressionPage, SuppressionRef } from '@maildock/core'
import { z } from 'zod'
import { restRoute, type RestRoute } from '../rest-route.ts'

const tag = 'Suppressions'
const EXAMPLE = {
  email: 'gone@example.org',
  reason: 'bounce',
  message_id: 'msg_0199c0de0000700080000123456789ab',
  detail: '550 5.1.1 User unknown',
  created_at: '2026-01-15T10:00:00Z',
}
const MANUAL_EXAMPLE = { ...EXAMPLE, email: 'friend@example.org', reason: 'manual', message_id: null, detail: null }

/** Addresses that mail is not sent to: hard bounces and complaints put them there, and the user. */
export const SUPPRESSIONS_ROUTES: readonly RestRoute[] = [
  restRoute({
    method: 'GET',
    path: '/api/v1/suppressions',
    procedure: 'suppressions.list',
    type: 'query',
    summary: 'List suppressed addresses, newest first',
    description:
      'A message to one of them is refused with `send.recipient_suppressed`. `next_cursor` leads to the next page; null: this is the last one.',
    tag,
    auth: 'session',
    query: z.object({
      search: z.string().max(254).optional().meta({ description: 'Only addresses this is part of.' }),
      cursor: z.string().max(200).optional().meta({ description: '`next_cursor` of the page before.' }),
      limit: z.coerce.number().int().min(1).max(100).optional().meta({ description: 'Addresses in the page, 1 to 100. Default 50.' }),
    }),
    response: SuppressionPage,
    toBody: (page) => page,
    examples: { response: { suppressions: [EXAMPLE], next_cursor: null } },
  }),
  restRoute({
    method: 'POST',
    path: '/api/v1/suppressions',
    procedure: 'suppressions.add',
    type: 'mutation',
    summary: 'Suppress an address',
    description: 'One that is suppressed already stays as it is, and is answered.',
    tag,
    auth: 'session',
    body: AddSuppressionInput,
    response: z.object({ suppression: Suppression }),
    toBody: (suppression) => ({ suppression }),
    examples: { request: { email: MANUAL_EXAMPLE.email }, response: { suppression: MANUAL_EXAMPLE } },
  }),
  restRoute({
    method: 'DELETE',
    path: '/api/v1/suppressions',
    procedure: 'suppressions.remove',
    operationId: 'suppressions_remove_by_query',
    type: 'mutation',
    summary: 'Take an address named in the query off the list',
    description: 'The same as with the address in the path.',
    tag,
    auth: 'session',
    query: SuppressionRef,
    response: z.object({}),
    toBody: () => ({}),
    errors: ['suppression.not_found'],
    examples: { response: {} },
  }),
  restRoute({
    method: 'DELETE',
    path: '/api/v1/suppressions/{email}',
    procedure: 'suppressions.remove',
    type: 'mutation',
    summary: 'Take an address off the list',
    description: 'It is sent to again. Should mail to it come back once more, it is suppressed once more.',
    tag,
    auth: 'session',
    response: z.object({}),
    toBody: () => ({}),
    errors: ['suppression.not_found', 'validation.failed'],
    examples: { response: {} },
  }),
]
