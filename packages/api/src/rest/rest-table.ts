import type { RestRoute } from './rest-route.ts'
import { ACCOUNTS_ROUTES } from './routes/accounts-routes.ts'
import { KEYS_ROUTES } from './routes/keys-routes.ts'
import { MAIL_ROUTES } from './routes/mail-routes.ts'
import { SEND_ROUTES } from './routes/send-routes.ts'
import { SESSION_ROUTES } from './routes/session-routes.ts'
import { SUPPRESSIONS_ROUTES } from './routes/suppressions-routes.ts'
import { SYNC_ROUTES } from './routes/sync-routes.ts'

/** Every REST route (docs/adr/0009). The most called one stands first: routes are tried in this order. */
export const REST_TABLE: readonly RestRoute[] = [
  ...ACCOUNTS_ROUTES,
  ...SYNC_ROUTES,
  ...MAIL_ROUTES,
  ...SESSION_ROUTES,
  ...KEYS_ROUTES,
  ...SEND_ROUTES,
  ...SUPPRESSIONS_ROUTES,
]
