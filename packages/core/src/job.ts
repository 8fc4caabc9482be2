import { z } from 'zod'
import { Uuid } from './ids.ts'

/** Why an account is synchronised now. For logs and for choosing a priority. */
export const SyncReason = z.enum(['connect', 'manual', 'sweep', 'changed', 'retry', 'continue'])
export type SyncReason = z.infer<typeof SyncReason>

/** Names and payloads of all jobs: where `api` and `sync` meet. Payloads carry ids only, never a secret or an address. */
export const JOBS = {
  sync_account: z.object({ accountId: Uuid, reason: SyncReason }),
  sweep_accounts: z.object({}),
  sweep_workers: z.object({}),
} as const

export type JobName = keyof typeof JOBS
export type JobPayload<N extends JobName> = z.infer<(typeof JOBS)[N]>

/** One waiting job per account: adding it again moves the one that waits. */
export function syncJobKey(accountId: Uuid): string {
  return `sync:${accountId}`
}
