import { Account, ConnectAccountInput, UpdateAccountInput, VERIFICATION_CODES } from '@maildock/core'
import { z } from 'zod'
import { restRoute, type RestRoute } from '../rest-route.ts'
import { ACCOUNT_EXAMPLE, AccountListItem, ConnectedAccount, LIST_ITEM_EXAMPLE, toAccountListItem } from './account-views.ts'

const tag = 'Accounts'
const VERIFICATION = [...VERIFICATION_CODES, 'verification.busy', 'rate.limited'] as const
const CONNECT_EXAMPLE = {
  email: 'hello@yourdomain.com',
  name: 'Your Display Name',
  imap_host: 'imap.yourdomain.com',
  imap_port: 993,
  smtp_host: 'smtp.yourdomain.com',
  smtp_port: 587,
  username: 'hello@yourdomain.com',
  password: 'your-email-password',
}

/** Connecting and managing accounts. The first three rows are accounts-api.txt of the contract, word for word. */
export const ACCOUNTS_ROUTES: readonly RestRoute[] = [
  restRoute({
    method: 'GET',
    path: '/api/accounts',
    procedure: 'accounts.list',
    type: 'query',
    summary: 'List connected accounts',
    description: 'All e-mail accounts connected to the signed-in user, oldest first.',
    tag,
    auth: 'session',
    response: z.object({ accounts: z.array(AccountListItem) }),
    toBody: (accounts) => ({ accounts: accounts.map(toAccountListItem) }),
    examples: { response: { accounts: [LIST_ITEM_EXAMPLE] } },
  }),
  restRoute({
    method: 'POST',
    path: '/api/accounts',
    procedure: 'accounts.connect',
    type: 'mutation',
    summary: 'Connect a new account',
    description:
      'Both servers are contacted and the login is verified before anything is saved, within 15 seconds. An address that was connected before comes back with its id and its mail.',
    tag,
    auth: 'session',
    body: ConnectAccountInput,
    response: z.object({ account: ConnectedAccount }),
    toBody: ({ id, email, syncStatus }) => ({ account: { id, email, syncStatus } }),
    status: 201,
    toLocation: ({ id }) => `/api/accounts/${id}`,
    errors: ['account.already_connected', 'account.quota_reached', ...VERIFICATION],
    examples: {
      request: CONNECT_EXAMPLE,
      response: { account: { id: LIST_ITEM_EXAMPLE.id, email: LIST_ITEM_EXAMPLE.email, sync_status: 'pending' } },
    },
  }),
  restRoute({
    method: 'DELETE',
    path: '/api/accounts/{id}',
    procedure: 'accounts.disconnect',
    type: 'mutation',
    summary: 'Disconnect an account',
    description: 'Erases its credentials at once and stops its sync. Mail that was synced stays readable by the id of the account.',
    tag,
    auth: 'session',
    response: z.object({}),
    toBody: () => ({}),
    errors: ['account.not_found', 'account.last_default_in_use'],
    examples: { response: {} },
  }),
  restRoute({
    method: 'GET',
    path: '/api/accounts/{id}',
    procedure: 'accounts.get',
    type: 'query',
    summary: 'Read one account',
    description: 'With the reason why it is not up to date, if there is one.',
    tag,
    auth: 'session',
    response: z.object({ account: Account }),
    toBody: (account) => ({ account }),
    errors: ['account.not_found'],
    examples: { response: { account: ACCOUNT_EXAMPLE } },
  }),
  restRoute({
    method: 'PATCH',
    path: '/api/accounts/{id}',
    procedure: 'accounts.update',
    type: 'mutation',
    summary: 'Change an account',
    description:
      'What is absent stays. Servers and credentials are verified before they replace the old ones; an SMTP user name or password that was the same as for IMAP follows it.',
    tag,
    auth: 'session',
    body: UpdateAccountInput.omit({ id: true }),
    response: z.object({ account: Account }),
    toBody: (account) => ({ account }),
    errors: ['account.not_found', 'account.default_required', 'account.changed_meanwhile', 'credentials.unreadable', ...VERIFICATION],
    examples: {
      request: { name: 'Your Display Name', is_default: true, password: 'your-new-app-password' },
      response: { account: { ...ACCOUNT_EXAMPLE, sync_status: 'pending', sync_error: null } },
    },
  }),
]
