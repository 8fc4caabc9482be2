import { MaildockError, quoteMessage, type Quote, type QuoteInput, type Uuid } from '@maildock/core'
import type { ApiDeps } from '../api-deps.ts'
import { getMessage } from './get-message.ts'

/**
 * What an answer to a message, or a forward of it, begins with. Also of a disconnected account: it may be forwarded from another.
 * @throws MaildockError account.not_found, message.not_found
 */
export async function getQuote(deps: Pick<ApiDeps, 'database'>, userId: Uuid, { mode, ...name }: QuoteInput): Promise<Quote> {
  const message = await getMessage(deps, userId, name)
  const { rows } = await deps.database.pool.query<{ email: string }>('select email from account where id = $1', [message.accountId])
  const [account] = rows
  if (account === undefined) {
    throw new MaildockError('account.not_found')
  }
  return quoteMessage(message, mode, account.email)
}
