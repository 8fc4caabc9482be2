import { ApiKey, ApiKeyRef, CreateApiKeyInput, CreatedApiKey, Uuid } from '@maildock/core'
import { z } from 'zod'
import { router, sessionProcedure } from '../trpc.ts'
import { apiInput } from '../validation/api-input.ts'
import { apiOutput } from '../validation/api-output.ts'
import { createKey } from './create-key.ts'
import { listKeys } from './list-keys.ts'
import { revokeKey } from './revoke-key.ts'

/** API keys, for the person they belong to. A key itself opens nothing here. */
export const keysRouter = router({
  list: sessionProcedure.output(apiOutput(z.array(ApiKey))).query(async ({ ctx }) => await listKeys(ctx.runtime, ctx.session)),

  create: sessionProcedure
    .input(apiInput(CreateApiKeyInput))
    .output(apiOutput(CreatedApiKey))
    .mutation(async ({ ctx, input }) => await createKey(ctx.runtime, ctx.session, input)),

  revoke: sessionProcedure
    .input(apiInput(ApiKeyRef))
    .output(apiOutput(z.object({ id: Uuid })))
    .mutation(async ({ ctx, input }) => await revokeKey(ctx.runtime, ctx.session.userId, input.id)),
})
