import { IdText, SyncOverview, SyncRun } from '@maildock/core'
import { z } from 'zod'
import { router, sessionProcedure } from '../trpc.ts'
import { apiInput } from '../validation/api-input.ts'
import { apiOutput } from '../validation/api-output.ts'
import { readSyncOverview } from './read-sync-overview.ts'
import { runSync } from './run-sync.ts'

export const RunSyncInput = z.strictObject({
  accountId: IdText.optional().meta({ description: 'Absent: the default account.' }),
})

export const syncRouter = router({
  run: sessionProcedure
    .input(apiInput(RunSyncInput))
    .output(apiOutput(SyncRun))
    .mutation(async ({ ctx, input }) => await runSync(ctx.runtime, { userId: ctx.session.userId, signal: ctx.signal }, input.accountId)),

  overview: sessionProcedure
    .output(apiOutput(z.array(SyncOverview)))
    .query(async ({ ctx }) => await readSyncOverview(ctx.runtime, ctx.session.userId)),
})
