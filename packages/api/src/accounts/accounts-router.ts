import { Account, AccountRef, ConnectAccountInput, LiveEvent, UpdateAccountInput, Uuid } from '@maildock/core'
import { z } from 'zod'
import { router, sessionProcedure } from '../trpc.ts'
import { apiInput } from '../validation/api-input.ts'
import { apiOutput } from '../validation/api-output.ts'
import { connectAccount } from './connect-account.ts'
import { disconnectAccount } from './disconnect-account.ts'
import { getAccount } from './get-account.ts'
import { listAccounts } from './list-accounts.ts'
import { updateAccount } from './update-account.ts'
import { watchAccounts } from './watch-accounts.ts'

export const accountsRouter = router({
  list: sessionProcedure.output(apiOutput(z.array(Account))).query(async ({ ctx }) => await listAccounts(ctx.runtime, ctx.session.userId)),

  get: sessionProcedure
    .input(apiInput(AccountRef))
    .output(apiOutput(Account))
    .query(async ({ ctx, input }) => await getAccount(ctx.runtime, ctx.session.userId, input.id)),

  connect: sessionProcedure
    .input(apiInput(ConnectAccountInput))
    .output(apiOutput(Account))
    .mutation(async ({ ctx, input }) => await connectAccount(ctx.runtime, ctx, input)),

  update: sessionProcedure
    .input(apiInput(UpdateAccountInput))
    .output(apiOutput(Account))
    .mutation(async ({ ctx, input }) => await updateAccount(ctx.runtime, ctx, input)),

  disconnect: sessionProcedure
    .input(apiInput(AccountRef))
    .output(apiOutput(z.object({ id: Uuid })))
    .mutation(async ({ ctx, input }) => await disconnectAccount(ctx.runtime, ctx.session.userId, input.id)),

  watch: sessionProcedure.subscription(async function* ({ ctx, signal }) {
    for await (const event of watchAccounts(ctx.runtime, { ...ctx, signal: signal ?? ctx.signal })) {
      yield LiveEvent.parse(event)
    }
  }),
})
