import { ListSubmissionsInput, SendAnswer, SendByHandInput, Submission, SubmissionName, SubmissionPage } from '@maildock/core'
import { cancelSubmission } from '../send/cancel-submission.ts'
import { getSubmission } from '../send/get-submission.ts'
import { sendMessage } from '../send/send-message.ts'
import { countRequest, refuseOver } from '../send/send-rate.ts'
import { toSubmitter } from '../send/submitter.ts'
import { router, sessionProcedure } from '../trpc.ts'
import { apiInput } from '../validation/api-input.ts'
import { apiOutput } from '../validation/api-output.ts'
import { listSubmissions } from './list-submissions.ts'
import { retrySubmission } from './retry-submission.ts'

/** The outbox, for the person whose mail it is: what was sent by hand and with API keys, and sending by hand. */
export const submissionsRouter = router({
  list: sessionProcedure
    .input(apiInput(ListSubmissionsInput))
    .output(apiOutput(SubmissionPage))
    .query(async ({ ctx, input }) => await listSubmissions(ctx.runtime, ctx.session.userId, input)),

  get: sessionProcedure
    .input(apiInput(SubmissionName))
    .output(apiOutput(Submission))
    .query(async ({ ctx, input }) => await getSubmission(ctx.runtime, toSubmitter(ctx.session), input.messageId)),

  send: sessionProcedure
    .input(apiInput(SendByHandInput))
    .output(apiOutput(SendAnswer))
    .mutation(async ({ ctx, input: { message, undoSeconds, draftId } }) => {
      refuseOver(await countRequest(ctx.runtime.database.pool, ctx.session.userId))
      const by = toSubmitter(ctx.session)
      return await sendMessage(ctx.runtime, { by, sandbox: ctx.isSandbox(), holdMs: undoSeconds * 1000, draftId }, message)
    }),

  cancel: sessionProcedure
    .input(apiInput(SubmissionName))
    .output(apiOutput(Submission))
    .mutation(async ({ ctx, input }) => await cancelSubmission(ctx.runtime, toSubmitter(ctx.session), input.messageId)),

  retry: sessionProcedure
    .input(apiInput(SubmissionName))
    .output(apiOutput(Submission))
    .mutation(async ({ ctx, input }) => await retrySubmission(ctx.runtime, toSubmitter(ctx.session), input.messageId)),
})
