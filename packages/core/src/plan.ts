import { z } from 'zod'

const limit = z.int().nonnegative().nullable().meta({ description: 'Null: no limit.' })

/** What a plan allows. Null means no limit. */
export const PlanLimits = z.strictObject({
  connectedAccounts: limit,
  activeApiKeys: limit,
  sendsPerDay: limit,
  sendsPerMonth: limit,
})
export type PlanLimits = z.infer<typeof PlanLimits>

export const Plans = z.record(z.string().min(1).max(50), PlanLimits)
export type Plans = z.infer<typeof Plans>

const unlimited: PlanLimits = { connectedAccounts: null, activeApiKeys: null, sendsPerDay: null, sendsPerMonth: null }

/** The plans of the contract; the configuration may replace them. */
export const DEFAULT_PLANS: Plans = {
  free: { connectedAccounts: 1, activeApiKeys: 1, sendsPerDay: 500, sendsPerMonth: 15_000 },
  pro: { connectedAccounts: null, activeApiKeys: 5, sendsPerDay: 10_000, sendsPerMonth: 300_000 },
  max: { connectedAccounts: null, activeApiKeys: null, sendsPerDay: 50_000, sendsPerMonth: 1_500_000 },
  enterprise: unlimited,
}
