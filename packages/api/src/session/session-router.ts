import {
  ChangePasswordInput,
  CurrentSession,
  MaildockError,
  SessionRef,
  SessionSummary,
  SignInInput,
  SignUpInput,
  type SessionUser,
} from '@maildock/core'
import { z } from 'zod'
import type { ApiContext } from '../api-context.ts'
import type { EmbeddedSignIn, Session } from '../session-gate.ts'
import { publicProcedure, router, sessionProcedure } from '../trpc.ts'
import { apiInput } from '../validation/api-input.ts'

/** Signing in and out, and the sessions of the person who asks. With an external issuer only `current` and nothing else is served. */
export const sessionRouter = router({
  current: publicProcedure.output(CurrentSession).query(async ({ ctx }) => {
    const session = await findSession(ctx)
    return describe(ctx, session === null ? null : { id: session.userId, email: session.email }, session?.plan ?? null)
  }),

  signUp: publicProcedure
    .input(apiInput(SignUpInput))
    .output(CurrentSession)
    .mutation(async ({ ctx, input }) => await begin(ctx, await embedded(ctx).signUp(input, ctx.origin))),

  signIn: publicProcedure
    .input(apiInput(SignInInput))
    .output(CurrentSession)
    .mutation(async ({ ctx, input }) => await begin(ctx, await embedded(ctx).signIn(input, ctx.origin))),

  signOut: publicProcedure.output(CurrentSession).mutation(async ({ ctx }) => {
    const { setCookie } = await embedded(ctx).signOut(await findSession(ctx))
    ctx.setCookie(setCookie)
    return describe(ctx, null, null)
  }),

  changePassword: sessionProcedure
    .input(apiInput(ChangePasswordInput))
    .output(CurrentSession)
    .mutation(async ({ ctx, input }) => {
      const { setCookie } = await embedded(ctx).changePassword(ctx.session, input, ctx.origin)
      ctx.setCookie(setCookie)
      return describe(ctx, { id: ctx.session.userId, email: ctx.session.email }, ctx.session.plan)
    }),

  list: sessionProcedure.output(z.array(SessionSummary)).query(async ({ ctx }) => [...(await embedded(ctx).list(ctx.session))]),

  revoke: sessionProcedure
    .input(apiInput(SessionRef))
    .output(SessionRef)
    .mutation(async ({ ctx, input }) => {
      const { setCookie } = await embedded(ctx).revoke(ctx.session, input.id)
      if (setCookie !== null) ctx.setCookie(setCookie)
      return input
    }),

  revokeOthers: sessionProcedure
    .output(z.object({ revoked: z.int().nonnegative() }))
    .mutation(async ({ ctx }) => ({ revoked: await embedded(ctx).revokeOthers(ctx.session) })),
})

function embedded(ctx: ApiContext): EmbeddedSignIn {
  if (ctx.runtime.sessions.embedded === null) throw new MaildockError('sign_in.unavailable')
  return ctx.runtime.sessions.embedded
}

/** Who is asking; a token that is not good (any more) is nobody. An outage stays an error: nothing is known then. */
async function findSession(ctx: ApiContext): Promise<Session | null> {
  try {
    return await ctx.authenticate()
  } catch (error) {
    if (error instanceof MaildockError && error.kind === 'unauthenticated') return null
    throw error
  }
}

/** The browser forgets the session it had, so the server does too. */
async function begin(ctx: ApiContext, signedIn: { readonly user: SessionUser; readonly setCookie: string }): Promise<CurrentSession> {
  const previous = await findSession(ctx)
  if (previous?.via === 'cookie') await embedded(ctx).signOut(previous)
  ctx.setCookie(signedIn.setCookie)
  return describe(ctx, signedIn.user, null)
}

function describe({ runtime }: ApiContext, user: SessionUser | null, plan: string | null): CurrentSession {
  const known = plan !== null && Object.hasOwn(runtime.plans, plan) ? plan : runtime.defaultPlan
  return {
    user,
    plan: user === null ? null : known,
    canSignIn: runtime.sessions.embedded !== null,
    canSignUp: runtime.sessions.embedded?.canSignUp ?? false,
  }
}
