import { IdText, Mailbox, UpdateMailboxInput } from '@maildock/core'
import { z } from 'zod'
import { router, sessionProcedure } from '../trpc.ts'
import { apiInput } from '../validation/api-input.ts'
import { apiOutput } from '../validation/api-output.ts'
import { listMailboxes } from './list-mailboxes.ts'
import { updateMailbox } from './update-mailbox.ts'

export const ListMailboxesInput = z.strictObject({ accountId: IdText })

export const mailboxesRouter = router({
  list: sessionProcedure
    .input(apiInput(ListMailboxesInput))
    .output(apiOutput(z.array(Mailbox)))
    .query(async ({ ctx, input }) => await listMailboxes(ctx.runtime, ctx.session.userId, input.accountId)),

  update: sessionProcedure
    .input(apiInput(UpdateMailboxInput))
    .output(apiOutput(Mailbox))
    .mutation(async ({ ctx, input }) => await updateMailbox(ctx.runtime, ctx.session.userId, input)),
})
