import type {
  Account,
  AccountRef,
  AddSuppressionInput,
  ApiKey,
  ApiKeyRef,
  AttachToDraftInput,
  CampaignReport,
  ChangePasswordInput,
  ConnectAccountInput,
  CreateApiKeyInput,
  CreatedApiKey,
  CurrentSession,
  DetachFromDraftInput,
  Draft,
  DraftRef,
  DraftRevision,
  DraftSummary,
  ListMessagesInput,
  ListSubmissionsInput,
  ListSuppressionsInput,
  LiveEvent,
  Mailbox,
  Message,
  MessagePage,
  Quote,
  QuoteInput,
  SaveDraftInput,
  SendAnswer,
  SendByHandInput,
  SendInput,
  SessionRef,
  SessionSummary,
  SignInInput,
  SignUpInput,
  Submission,
  SubmissionName,
  SubmissionPage,
  Suppression,
  SuppressionPage,
  SuppressionRef,
  SyncOverview,
  SyncRun,
  UpdateAccountInput,
  UpdateMailboxInput,
} from '@maildock/core'
import type {
  TRPCBuiltRouter,
  TRPCDefaultErrorData,
  TRPCDefaultErrorShape,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from '@trpc/server'
import type { MaildockErrorCode } from './error-code.ts'
import type { ErrorDetails } from './error-details.ts'

/** What an error of a procedure carries in `data.maildock`. */
export interface MaildockErrorData {
  readonly code: MaildockErrorCode
  readonly requestId: string
  readonly details?: ErrorDetails
  /** Seconds. */
  readonly retryAfter?: number
}

/** An error as tRPC hands it to links and hooks. `toMaildockError` turns it into a MaildockError. */
export interface MaildockErrorShape extends TRPCDefaultErrorShape {
  readonly data: TRPCDefaultErrorData & { readonly maildock: MaildockErrorData }
}

interface MaildockRoot {
  ctx: object
  meta: object
  errorShape: MaildockErrorShape
  transformer: true
}

type Query<Input, Output> = TRPCQueryProcedure<{ input: Input; output: Output; meta: unknown }>
type Mutation<Input, Output> = TRPCMutationProcedure<{ input: Input; output: Output; meta: unknown }>
type Subscription<Input, Event> = TRPCSubscriptionProcedure<{ input: Input; output: AsyncIterable<Event, void>; meta: unknown }>

/** The procedures, by path. */
export interface MaildockProcedures {
  accounts: {
    list: Query<void, Account[]>
    get: Query<AccountRef, Account>
    connect: Mutation<ConnectAccountInput, Account>
    update: Mutation<UpdateAccountInput, Account>
    disconnect: Mutation<AccountRef, { id: string }>
    watch: Subscription<void, LiveEvent>
  }
  mailboxes: {
    list: Query<{ accountId: string }, Mailbox[]>
    update: Mutation<UpdateMailboxInput, Mailbox>
  }
  messages: {
    list: Query<ListMessagesInput, MessagePage>
    get: Query<{ accountId: string; id: string }, Message>
    quote: Query<QuoteInput, Quote>
  }
  sync: {
    run: Mutation<{ accountId?: string | undefined }, SyncRun>
    overview: Query<void, SyncOverview[]>
  }
  send: {
    message: Mutation<SendInput, SendAnswer>
    get: Query<{ messageId: string }, Submission>
    cancel: Mutation<{ messageId: string }, Submission>
  }
  campaigns: {
    report: Mutation<CampaignReport, CampaignReport>
  }
  session: {
    current: Query<void, CurrentSession>
    signIn: Mutation<SignInInput, CurrentSession>
    signUp: Mutation<SignUpInput, CurrentSession>
    signOut: Mutation<void, CurrentSession>
    changePassword: Mutation<ChangePasswordInput, CurrentSession>
    list: Query<void, SessionSummary[]>
    revoke: Mutation<SessionRef, SessionRef>
    revokeOthers: Mutation<void, { revoked: number }>
  }
  keys: {
    list: Query<void, ApiKey[]>
    create: Mutation<CreateApiKeyInput, CreatedApiKey>
    revoke: Mutation<ApiKeyRef, { id: string }>
  }
  drafts: {
    list: Query<void, DraftSummary[]>
    get: Query<DraftRef, Draft>
    save: Mutation<SaveDraftInput, DraftRevision>
    attach: Mutation<AttachToDraftInput, DraftRevision>
    detach: Mutation<DetachFromDraftInput, DraftRevision>
    remove: Mutation<DraftRef, DraftRef>
  }
  submissions: {
    list: Query<ListSubmissionsInput, SubmissionPage>
    get: Query<SubmissionName, Submission>
    send: Mutation<SendByHandInput, SendAnswer>
    cancel: Mutation<SubmissionName, Submission>
    retry: Mutation<SubmissionName, Submission>
  }
  suppressions: {
    list: Query<ListSuppressionsInput, SuppressionPage>
    add: Mutation<AddSuppressionInput, Suppression>
    remove: Mutation<SuppressionRef, { email: string }>
  }
}

/**
 * The type of Maildock's API for tRPC tooling, such as `createTRPCContext<MaildockRouter>()` of `@trpc/tanstack-react-query`.
 * Written out, so that it depends on nothing of the server; a type test holds it equal to the router that is served.
 */
export type MaildockRouter = TRPCBuiltRouter<MaildockRoot, { [K in keyof MaildockProcedures]: MaildockProcedures[K] }>
