import type { QueryClient } from '@tanstack/react-query'
import type { DashboardRouter } from '../router.tsx'
import { toReturnPath } from './return-path.ts'

/** Forgets everything that was read and asks for a new sign-in, which leads back to this place. Idempotent. */
export function leaveForSignIn(router: DashboardRouter, queryClient: QueryClient): void {
  const { pathname, href } = router.state.location
  if (pathname === '/sign-in' || pathname === '/sign-up') return
  queryClient.clear()
  const next = toReturnPath(href)
  void router.navigate({ to: '/sign-in', search: { reason: 'expired', ...(next === null || next === '/' ? {} : { next }) }, replace: true })
}
