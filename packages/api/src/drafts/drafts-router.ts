import { AttachToDraftInput, DetachFromDraftInput, Draft, DraftRef, DraftRevision, DraftSummary, SaveDraftInput } from '@maildock/core'
import { z } from 'zod'
import { router, sessionProcedure } from '../trpc.ts'
import { apiInput } from '../validation/api-input.ts'
import { apiOutput } from '../validation/api-output.ts'
import { attachToDraft, detachFromDraft } from './change-attachments.ts'
import { getDraft } from './get-draft.ts'
import { listDrafts } from './list-drafts.ts'
import { removeDraft } from './remove-draft.ts'
import { saveDraft } from './save-draft.ts'

/** Messages that are still being written, for the person who writes them. `submissions.send` sends one. */
export const draftsRouter = router({
  list: sessionProcedure
    .output(apiOutput(z.array(DraftSummary)))
    .query(async ({ ctx }) => await listDrafts(ctx.runtime, ctx.session.userId)),

  get: sessionProcedure
    .input(apiInput(DraftRef))
    .output(apiOutput(Draft))
    .query(async ({ ctx, input }) => await getDraft(ctx.runtime, { userId: ctx.session.userId, ...input })),

  save: sessionProcedure
    .input(apiInput(SaveDraftInput))
    .output(apiOutput(DraftRevision))
    .mutation(async ({ ctx, input }) => await saveDraft(ctx.runtime, ctx.session.userId, input)),

  attach: sessionProcedure
    .input(apiInput(AttachToDraftInput))
    .output(apiOutput(DraftRevision))
    .mutation(async ({ ctx, input }) => await attachToDraft(ctx.runtime, ctx.session.userId, input)),

  detach: sessionProcedure
    .input(apiInput(DetachFromDraftInput))
    .output(apiOutput(DraftRevision))
    .mutation(async ({ ctx, input }) => await detachFromDraft(ctx.runtime, ctx.session.userId, input)),

  remove: sessionProcedure
    .input(apiInput(DraftRef))
    .output(apiOutput(z.object({ draftId: z.string() })))
    .mutation(async ({ ctx, input }) => await removeDraft(ctx.runtime, { userId: ctx.session.userId, ...input })),
})
