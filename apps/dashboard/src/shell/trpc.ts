import type { MaildockRouter } from '@maildock/client'
import { createTRPCContext, type TRPCOptionsProxy } from '@trpc/tanstack-react-query'

/** Typed query, mutation and subscription options of every procedure, for components. */
export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<MaildockRouter>()

/** The same for code outside of components: the router's guards. */
export type ProcedureOptions = TRPCOptionsProxy<MaildockRouter>
