import type { PlanLimits } from '@maildock/core'
import type { ApiDeps } from '../api-deps.ts'

/** What the plan of a session allows. A plan that is not configured counts as the default one. */
export function planLimitsOf({ plans, defaultPlan }: Pick<ApiDeps, 'plans' | 'defaultPlan'>, plan: string | null): PlanLimits {
  const name = plan !== null && Object.hasOwn(plans, plan) ? plan : defaultPlan
  const limits = Object.hasOwn(plans, name) ? plans[name] : undefined
  if (limits === undefined) {
    throw new Error(`The default plan "${defaultPlan}" is not among the configured plans.`)
  }
  return limits
}
