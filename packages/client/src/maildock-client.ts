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
import type { TRPCClient } from '@trpc/client'
import type { WatchHandle, WatchListener, WatchOptions } from './account-watch.ts'
import type { CallOptions } from './client-options.ts'
import type { MaildockRouter } from './maildock-router.ts'

export interface AccountsApi {
  /** The user's connected accounts, oldest first. */
  list(options?: CallOptions): Promise<Account[]>
  /** @throws MaildockError account.not_found */
  get(input: AccountRef, options?: CallOptions): Promise<Account>
  /**
   * Connects a mailbox once both of its servers have accepted the credentials; takes up to 15 s.
   * @throws MaildockError validation.failed, account.already_connected, account.quota_reached, and every code of
   * `listVerificationFailures`
   */
  connect(input: ConnectAccountInput, options?: CallOptions): Promise<Account>
  /**
   * Changes what is given. Servers and credentials are verified before they replace the old ones.
   * @throws MaildockError as `connect`, and account.not_found, account.default_required, account.changed_meanwhile
   */
  update(input: UpdateAccountInput, options?: CallOptions): Promise<Account>
  /**
   * Stops the sync and erases the credentials at once; mail that is synced stays readable.
   * @throws MaildockError account.not_found, account.last_default_in_use
   */
  disconnect(input: AccountRef, options?: CallOptions): Promise<{ id: string }>
  /**
   * Follows the accounts and their sync progress with callbacks, from now on until `close()`. A snapshot first, also after
   * each reconnect, then changes.
   */
  // Stands first: with the other one first, TypeScript would not infer the parameters of callbacks written in place.
  watch(listener: WatchListener): WatchHandle
  /** The same by iteration: `for await (const event of client.accounts.watch({ signal }))`. Leaving the loop ends it. */
  watch(options?: WatchOptions): AsyncIterable<LiveEvent>
}

export interface MailboxesApi {
  /** The mailboxes of an account, in sync order. @throws MaildockError account.not_found */
  list(input: { accountId: string }, options?: CallOptions): Promise<Mailbox[]>
  /**
   * Chooses whether a mailbox is synchronised; what is stored of one that is left out stays.
   * @throws MaildockError account.not_found, mailbox.not_found, mailbox.inbox_required
   */
  update(input: UpdateMailboxInput, options?: CallOptions): Promise<Mailbox>
}

export interface MessagesApi {
  /** One page, newest first; `nextCursor` leads to the next. @throws MaildockError account.not_found, mailbox.not_found */
  list(input: ListMessagesInput, options?: CallOptions): Promise<MessagePage>
  /** @throws MaildockError account.not_found, message.not_found */
  get(input: { accountId: string; id: string }, options?: CallOptions): Promise<Message>
  /** What an answer to a message, or a forward of it, begins with. @throws MaildockError account.not_found, message.not_found */
  quote(input: QuoteInput, options?: CallOptions): Promise<Quote>
}

export interface SyncApi {
  /** Asks for a run now; without an account, for the default one. @throws MaildockError account.not_found */
  run(input?: { accountId?: string | undefined }, options?: CallOptions): Promise<SyncRun>
  overview(options?: CallOptions): Promise<SyncOverview[]>
}

export interface SessionApi {
  /** Who is signed in. Answers without a session too. */
  current(options?: CallOptions): Promise<CurrentSession>
  /** Sets the session cookie; for browsers. @throws MaildockError sign_in.failed, sign_in.unavailable, rate.limited */
  signIn(input: SignInInput, options?: CallOptions): Promise<CurrentSession>
  /** @throws MaildockError sign_up.failed, sign_up.closed, sign_in.unavailable, validation.failed, rate.limited */
  signUp(input: SignUpInput, options?: CallOptions): Promise<CurrentSession>
  /** Ends this session at once. */
  signOut(options?: CallOptions): Promise<CurrentSession>
  /** Ends every other session too. @throws MaildockError password.wrong, validation.failed, rate.limited */
  changePassword(input: ChangePasswordInput, options?: CallOptions): Promise<CurrentSession>
  /** The user's sessions, newest first. */
  list(options?: CallOptions): Promise<SessionSummary[]>
  /** Ends one session. @throws MaildockError session.not_found */
  revoke(input: SessionRef, options?: CallOptions): Promise<SessionRef>
  /** Ends every session but this one, and tells how many. */
  revokeOthers(options?: CallOptions): Promise<{ revoked: number }>
}

export interface KeysApi {
  /** The user's keys: active ones first, each kind newest first. */
  list(options?: CallOptions): Promise<ApiKey[]>
  /**
   * Makes a key. `key` of the answer is the key itself, and is told this once.
   * @throws MaildockError validation.failed, key.quota_reached, account.not_found
   */
  create(input: CreateApiKeyInput, options?: CallOptions): Promise<CreatedApiKey>
  /** Revokes a key at once and for good; again changes nothing. @throws MaildockError key.not_found */
  revoke(input: ApiKeyRef, options?: CallOptions): Promise<{ id: string }>
}

/** For an API key instead of a session: `createMaildockClient({ token: 'msk_…' })`. */
export interface SendApi {
  /**
   * Sends a message. Without an idempotency key it is given one, so that it can be repeated when the answer is lost: it is sent once. A message the mail
   * server could not take now is answered as `queued`.
   * @throws MaildockError key.missing, key.invalid, key.revoked, key.expired, key.scope_missing, validation.failed, request.too_large,
   *   send.sender_not_allowed, send.recipient_suppressed, send.quota_reached, rate.limited, idempotency.key_reused, idempotency.in_progress, message.not_found, smtp.recipient_refused,
   *   smtp.message_refused, smtp.smtputf8_unsupported
   */
  message(input: SendInput, options?: CallOptions): Promise<SendAnswer>
  /** What became of it. @throws MaildockError send.not_found */
  get(input: { messageId: string }, options?: CallOptions): Promise<Submission>
  /** Takes back what waits. @throws MaildockError send.not_found, send.not_cancellable */
  cancel(input: { messageId: string }, options?: CallOptions): Promise<Submission>
}

/** Messages that are still being written. `submissions.send` with a `draftId` sends one. All throw `draft.not_found`. */
export interface DraftsApi {
  list(options?: CallOptions): Promise<DraftSummary[]>
  get(input: DraftRef, options?: CallOptions): Promise<Draft>
  /** @throws MaildockError draft.changed_meanwhile, draft.quota_reached */
  save(input: SaveDraftInput, options?: CallOptions): Promise<DraftRevision>
  /** @throws MaildockError draft.quota_reached, request.too_large */
  attach(input: AttachToDraftInput, options?: CallOptions): Promise<DraftRevision>
  detach(input: DetachFromDraftInput, options?: CallOptions): Promise<DraftRevision>
  remove(input: DraftRef, options?: CallOptions): Promise<DraftRef>
}

/** The outbox of a person: what was sent by hand and with API keys. */
export interface SubmissionsApi {
  /** What was sent, newest first. */
  list(input?: ListSubmissionsInput, options?: CallOptions): Promise<SubmissionPage>
  /** @throws MaildockError send.not_found */
  get(input: SubmissionName, options?: CallOptions): Promise<Submission>
  /** Sends as `send.message` does, but with a session. It can be cancelled for as long as it waits. Throws what that throws of messages. */
  send(input: SendByHandInput, options?: CallOptions): Promise<SendAnswer>
  /** Takes back what waits. @throws MaildockError send.not_found, send.not_cancellable */
  cancel(input: SubmissionName, options?: CallOptions): Promise<Submission>
  /**
   * Sends again what failed, waits or is `unknown`; then those who may have got it may get it twice.
   * @throws MaildockError send.not_found, send.not_retryable, send.sender_not_allowed
   */
  retry(input: SubmissionName, options?: CallOptions): Promise<Submission>
}

export interface SuppressionsApi {
  /** Addresses that mail is not sent to, newest first. */
  list(input?: ListSuppressionsInput, options?: CallOptions): Promise<SuppressionPage>
  /** One that is there already stays as it is. @throws MaildockError validation.failed */
  add(input: AddSuppressionInput, options?: CallOptions): Promise<Suppression>
  /** @throws MaildockError suppression.not_found */
  remove(input: SuppressionRef, options?: CallOptions): Promise<{ email: string }>
}

export interface CampaignsApi {
  /** Internal services, by `serviceKey`. @throws MaildockError service_key.invalid, campaign.account_mismatch */
  report(input: CampaignReport, options?: CallOptions): Promise<CampaignReport>
}

/** A client of one Maildock. Every call rejects with a MaildockError, or with the reason of its own signal. */
export interface MaildockClient {
  readonly accounts: AccountsApi
  readonly mailboxes: MailboxesApi
  readonly messages: MessagesApi
  readonly sync: SyncApi
  readonly session: SessionApi
  readonly keys: KeysApi
  readonly send: SendApi
  readonly drafts: DraftsApi
  readonly submissions: SubmissionsApi
  readonly suppressions: SuppressionsApi
  readonly campaigns: CampaignsApi
  /** The tRPC client underneath, for `@trpc/tanstack-react-query` and the like. Its errors: `toMaildockError(error)`. */
  readonly trpc: TRPCClient<MaildockRouter>
}
