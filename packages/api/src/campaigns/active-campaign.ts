import { CampaignStatus, isActiveCampaign } from '@maildock/core'

/** The statuses that hold a user's last account, for statements. */
export const ACTIVE_CAMPAIGN_STATUSES: readonly CampaignStatus[] = CampaignStatus.options.filter(isActiveCampaign)
