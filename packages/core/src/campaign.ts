import { z } from 'zod'
import { Uuid } from './ids.ts'

export const CampaignStatus = z.enum(['draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled', 'failed']).meta({
  description: 'An active campaign is scheduled, sending or paused.',
})
export type CampaignStatus = z.infer<typeof CampaignStatus>

const ACTIVE: ReadonlySet<CampaignStatus> = new Set(['scheduled', 'sending', 'paused'])

/** An active campaign holds the last account of its user. */
export function isActiveCampaign(status: CampaignStatus): boolean {
  return ACTIVE.has(status)
}

/** What the service that owns campaigns reports. */
export const CampaignReport = z.strictObject({
  campaignId: Uuid,
  userId: Uuid,
  accountId: Uuid,
  status: CampaignStatus,
})
export type CampaignReport = z.infer<typeof CampaignReport>
