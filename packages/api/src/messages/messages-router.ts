import { IdText, ListMessagesInput, Message, MessagePage, Quote, QuoteInput } from '@maildock/core'
import { z } from 'zod'
import { router, sessionProcedure } from '../trpc.ts'
import { apiInput } from '../validation/api-input.ts'
import { apiOutput } from '../validation/api-output.ts'
import { getMessage } from './get-message.ts'
import { listMessages } from './list-messages.ts'
import { getQuote } from './get-quote.ts'

export const GetMessageInput = z.strictObject({ accountId: IdText, id: IdText })

export const messagesRouter = router({
  list: sessionProcedure
    .input(apiInput(ListMessagesInput))
    .output(apiOutput(MessagePage))
    .query(async ({ ctx, input }) => await listMessages(ctx.runtime, ctx.session.userId, input)),

  get: sessionProcedure
    .input(apiInput(GetMessageInput))
    .output(apiOutput(Message))
    .query(async ({ ctx, input }) => await getMessage(ctx.runtime, ctx.session.userId, input)),

  quote: sessionProcedure
    .input(apiInput(QuoteInput))
    .output(apiOutput(Quote))
    .query(async ({ ctx, input }) => await getQuote(ctx.runtime, ctx.session.userId, input)),
})
