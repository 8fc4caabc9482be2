import { AddSuppressionInput, ListSuppressionsInput, Suppression, SuppressionPage, SuppressionRef } from '@maildock/core'
import { z } from 'zod'
import { router, sessionProcedure } from '../trpc.ts'
import { apiInput } from '../validation/api-input.ts'
import { apiOutput } from '../validation/api-output.ts'
import { addSuppression } from './add-suppression.ts'
import { listSuppressions } from './list-suppressions.ts'
import { removeSuppression } from './remove-suppression.ts'

/** Addresses that mail is not sent to, for the person whose mail it is. */
export const suppressionsRouter = router({
  list: sessionProcedure
    .input(apiInput(ListSuppressionsInput))
    .output(apiOutput(SuppressionPage))
    .query(async ({ ctx, input }) => await listSuppressions(ctx.runtime, ctx.session.userId, input)),

  add: sessionProcedure
    .input(apiInput(AddSuppressionInput))
    .output(apiOutput(Suppression))
    .mutation(async ({ ctx, input }) => await addSuppression(ctx.runtime, ctx.session.userId, input.email)),

  remove: sessionProcedure
    .input(apiInput(SuppressionRef))
    .output(apiOutput(z.object({ email: z.string() })))
    .mutation(async ({ ctx, input }) => await removeSuppression(ctx.runtime, ctx.session.userId, input.email)),
})
