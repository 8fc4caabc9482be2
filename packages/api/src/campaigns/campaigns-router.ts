import { CampaignReport } from '@maildock/core'
import { router, serviceProcedure } from '../trpc.ts'
import { apiInput } from '../validation/api-input.ts'
import { apiOutput } from '../validation/api-output.ts'
import { reportCampaign } from './report-campaign.ts'

export const campaignsRouter = router({
  report: serviceProcedure
    .input(apiInput(CampaignReport))
    .output(apiOutput(CampaignReport))
    .mutation(async ({ ctx, input }) => await reportCampaign(ctx.runtime, input)),
})
