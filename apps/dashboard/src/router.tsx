import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { validateComposeSearch } from './composer/compose-search.ts'
import { toReturnPath } from './session/return-path.ts'
import { AppShell } from './shell/app-shell.tsx'
import { ErrorPage, NotFoundPage } from './shell/error-page.tsx'
import { BootScreen } from './shell/boot-screen.tsx'
import type { ProcedureOptions } from './shell/trpc.ts'

export interface RouterContext {
  readonly queryClient: QueryClient
  readonly trpc: ProcedureOptions
}

const rootRoute = createRootRouteWithContext<RouterContext>()({ component: Outlet, notFoundComponent: NotFoundPage })

interface SignInSearch {
  readonly next?: string | undefined
  readonly reason?: 'expired' | undefined
}

/** Both keys are always set: the router lays this over what the address says, and a key left out would let that through unchecked. */
function validateSignInSearch(search: Record<string, unknown>): SignInSearch {
  return { next: toReturnPath(search['next']) ?? undefined, reason: search['reason'] === 'expired' ? 'expired' : undefined }
}

/** Pages for people who are not signed in. Who is, goes where they wanted to go. */
const entryRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'entry',
  validateSearch: validateSignInSearch,
  beforeLoad: async ({ context, search }) => {
    const session = await context.queryClient.ensureQueryData(context.trpc.session.current.queryOptions())
    if (session.user !== null) throw redirect({ to: search.next ?? '/', replace: true })
  },
})

const signInRoute = createRoute({
  getParentRoute: () => entryRoute,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./session/sign-in-page.tsx'), 'SignInPage'),
})

const signUpRoute = createRoute({
  getParentRoute: () => entryRoute,
  path: '/sign-up',
  component: lazyRouteComponent(() => import('./session/sign-up-page.tsx'), 'SignUpPage'),
})

/** Everything behind the sign-in. */
const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  component: AppShell,
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(context.trpc.session.current.queryOptions())
    if (session.user === null) {
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href }, replace: true })
    }
  },
})

const accountsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./accounts/accounts-page.tsx'), 'AccountsPage'),
})

const connectRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/connect',
  component: lazyRouteComponent(() => import('./accounts/connect-page.tsx'), 'ConnectPage'),
})

const mailRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/accounts/$accountId',
  validateSearch: (search: Record<string, unknown>): { readonly mailbox?: string | undefined } => ({
    mailbox: typeof search['mailbox'] === 'string' ? search['mailbox'] : undefined,
  }),
  component: lazyRouteComponent(() => import('./messages/mail-page.tsx'), 'MailPage'),
})

const messageRoute = createRoute({
  getParentRoute: () => mailRoute,
  path: 'messages/$messageId',
  component: lazyRouteComponent(() => import('./messages/message-view.tsx'), 'MessageView'),
})

const editAccountRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/accounts/$accountId/edit',
  component: lazyRouteComponent(() => import('./accounts/edit-account-page.tsx'), 'EditAccountPage'),
})

const keysRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/keys',
  component: lazyRouteComponent(() => import('./keys/keys-page.tsx'), 'KeysPage'),
})

const outboxRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/outbox',
  component: lazyRouteComponent(() => import('./outbox/outbox-page.tsx'), 'OutboxPage'),
})

const composeRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/compose',
  validateSearch: validateComposeSearch,
  component: lazyRouteComponent(() => import('./composer/compose-page.tsx'), 'ComposePage'),
})

const draftsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/drafts',
  component: lazyRouteComponent(() => import('./composer/drafts-page.tsx'), 'DraftsPage'),
})

const suppressionsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/suppressions',
  component: lazyRouteComponent(() => import('./suppressions/suppressions-page.tsx'), 'SuppressionsPage'),
})

const settingsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./session/settings-page.tsx'), 'SettingsPage'),
})

const routeTree = rootRoute.addChildren([
  entryRoute.addChildren([signInRoute, signUpRoute]),
  appRoute.addChildren([
    accountsRoute,
    connectRoute,
    mailRoute.addChildren([messageRoute]),
    editAccountRoute,
    composeRoute,
    draftsRoute,
    outboxRoute,
    suppressionsRoute,
    keysRoute,
    settingsRoute,
  ]),
])

/** The pages. Each is a chunk of its own, fetched when a link to it is pointed at. */
export function createDashboardRouter(context: RouterContext) {
  return createRouter({
    routeTree,
    context,
    defaultPreload: 'intent',
    defaultPendingComponent: BootScreen,
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
  })
}

export type DashboardRouter = ReturnType<typeof createDashboardRouter>

declare module '@tanstack/react-router' {
  interface Register {
    router: DashboardRouter
  }
}
