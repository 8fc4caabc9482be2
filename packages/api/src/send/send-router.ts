import { IdText, MaildockError, SendAnswer, SendInput, Submission } from '@maildock/core'
import { z } from 'zod'
import { keyProcedure, router } from '../trpc.ts'
import { apiInput } from '../validation/api-input.ts'
import { apiOutput } from '../validation/api-output.ts'
import { cancelSubmission } from './cancel-submission.ts'
import { getSubmission } from './get-submission.ts'
import { sendMessage } from './send-message.ts'
import { countRequest, toRateHeaders } from './send-rate.ts'

/** A submission as the answer to its request named it. */
export const SubmissionNameRef = z.strictObject({ messageId: IdText })

/** With a key that may send, counted: so many requests a minute. @throws MaildockError rate.limited */
const rateLimitedProcedure = keyProcedure('send').use(async ({ ctx, next }) => {
  const rate = await countRequest(ctx.runtime.database.pool, ctx.apiKey.keyId)
  ctx.setHeaders(toRateHeaders(rate))
  if (rate.isOver) {
    throw new MaildockError('rate.limited', { retryAfterSeconds: rate.resetAfterSeconds })
  }
  return await next()
})

/** Sending, by API key. */
export const sendRouter = router({
  message: rateLimitedProcedure
    .input(apiInput(SendInput))
    .output(apiOutput(SendAnswer))
    .mutation(async ({ ctx, input }) => await sendMessage(ctx.runtime, { apiKey: ctx.apiKey, sandbox: ctx.isSandbox() }, input)),

  get: keyProcedure('send')
    .input(apiInput(SubmissionNameRef))
    .output(apiOutput(Submission))
    .query(async ({ ctx, input }) => await getSubmission(ctx.runtime, ctx.apiKey, input.messageId)),

  cancel: keyProcedure('send')
    .input(apiInput(SubmissionNameRef))
    .output(apiOutput(Submission))
    .mutation(async ({ ctx, input }) => await cancelSubmission(ctx.runtime, ctx.apiKey, input.messageId)),
})
