import { SendAnswer, SendInput, Submission, SubmissionName } from '@maildock/core'
import { keyProcedure, router } from '../trpc.ts'
import { apiInput } from '../validation/api-input.ts'
import { apiOutput } from '../validation/api-output.ts'
import { cancelSubmission } from './cancel-submission.ts'
import { getSubmission } from './get-submission.ts'
import { sendMessage } from './send-message.ts'
import { countRequest, refuseOver, toRateHeaders } from './send-rate.ts'

/** With a key that may send, counted: so many requests a minute. @throws MaildockError rate.limited */
const rateLimitedProcedure = keyProcedure('send').use(async ({ ctx, next }) => {
  const rate = await countRequest(ctx.runtime.database.pool, ctx.apiKey.keyId)
  ctx.setHeaders(toRateHeaders(rate))
  refuseOver(rate)
  return await next()
})

/** Sending, by API key. */
export const sendRouter = router({
  message: rateLimitedProcedure
    .input(apiInput(SendInput))
    .output(apiOutput(SendAnswer))
    .mutation(async ({ ctx, input }) => await sendMessage(ctx.runtime, { by: ctx.apiKey, sandbox: ctx.isSandbox() }, input)),

  get: keyProcedure('send')
    .input(apiInput(SubmissionName))
    .output(apiOutput(Submission))
    .query(async ({ ctx, input }) => await getSubmission(ctx.runtime, ctx.apiKey, input.messageId)),

  cancel: keyProcedure('send')
    .input(apiInput(SubmissionName))
    .output(apiOutput(Submission))
    .mutation(async ({ ctx, input }) => await cancelSubmission(ctx.runtime, ctx.apiKey, input.messageId)),
})
