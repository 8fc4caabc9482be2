import type { LiveEvent } from '@maildock/core'
import { createTRPCClient, type TRPCClient } from '@trpc/client'
import {
  iterateAccounts,
  listenToAccounts,
  type SubscribeToAccounts,
  type WatchHandle,
  type WatchListener,
  type WatchOptions,
} from './account-watch.ts'
import type { CallOptions, MaildockClientOptions } from './client-options.ts'
import { TIMEOUT_CONTEXT_KEY } from './deadline-link.ts'
import type { MaildockClient } from './maildock-client.ts'
import { createMaildockLinks } from './maildock-links.ts'
import type { MaildockRouter } from './maildock-router.ts'
import { toMaildockError } from './to-maildock-error.ts'

/** Makes a client. Nothing is sent before the first call, and nothing has to be closed but watches. */
export function createMaildockClient(options: MaildockClientOptions): MaildockClient {
  const trpc = createTRPCClient<MaildockRouter>({ links: createMaildockLinks(options) })
  return { trpc, ...createFacade(trpc) }
}

interface RequestOptions {
  signal?: AbortSignal
  context: Record<string, unknown>
}

/** Runs one call and settles its failure: an abort stays the signal's reason, everything else is a MaildockError. */
async function run<T>(options: CallOptions | undefined, call: (options: RequestOptions) => Promise<T>): Promise<T> {
  const request: RequestOptions = { context: { [TIMEOUT_CONTEXT_KEY]: options?.timeoutMs } }
  if (options?.signal !== undefined) {
    request.signal = options.signal
  }
  try {
    return await call(request)
  } catch (error) {
    options?.signal?.throwIfAborted()
    throw toMaildockError(error)
  }
}

type Resolve<I, O> = (input: I, options: RequestOptions) => Promise<O>

/** A method for a procedure that takes nothing. */
const plain =
  <O>(resolve: Resolve<void, O>) =>
  (options?: CallOptions): Promise<O> =>
    run(options, (request) => resolve(undefined, request))

/** A method for a procedure that takes an input. */
const taking =
  <I, O>(resolve: Resolve<I, O>) =>
  (input: I, options?: CallOptions): Promise<O> =>
    run(options, (request) => resolve(input, request))

/** The two ways to watch: with callbacks at once, or by iteration once it is begun. */
function bindWatch(subscribe: SubscribeToAccounts): MaildockClient['accounts']['watch'] {
  function watch(listener: WatchListener): WatchHandle
  function watch(options?: WatchOptions): AsyncIterable<LiveEvent>
  function watch(options: WatchListener | WatchOptions = {}): WatchHandle | AsyncIterable<LiveEvent> {
    return 'onEvent' in options ? listenToAccounts(subscribe, options) : iterateAccounts(subscribe, options)
  }
  return watch
}

function createFacade(trpc: TRPCClient<MaildockRouter>): Omit<MaildockClient, 'trpc'> {
  const { accounts, mailboxes, messages, sync, session, keys, send, drafts, submissions, suppressions, campaigns } = trpc
  return {
    accounts: {
      list: plain(accounts.list.query),
      get: taking(accounts.get.query),
      connect: taking(accounts.connect.mutate),
      update: taking(accounts.update.mutate),
      disconnect: taking(accounts.disconnect.mutate),
      watch: bindWatch(accounts.watch.subscribe),
    },
    mailboxes: { list: taking(mailboxes.list.query), update: taking(mailboxes.update.mutate) },
    messages: { list: taking(messages.list.query), get: taking(messages.get.query), quote: taking(messages.quote.query) },
    sync: { run: (input = {}, options) => taking(sync.run.mutate)(input, options), overview: plain(sync.overview.query) },
    session: {
      current: plain(session.current.query),
      signIn: taking(session.signIn.mutate),
      signUp: taking(session.signUp.mutate),
      signOut: plain(session.signOut.mutate),
      changePassword: taking(session.changePassword.mutate),
      list: plain(session.list.query),
      revoke: taking(session.revoke.mutate),
      revokeOthers: plain(session.revokeOthers.mutate),
    },
    keys: { list: plain(keys.list.query), create: taking(keys.create.mutate), revoke: taking(keys.revoke.mutate) },
    send: {
      message: (input, options) =>
        taking(send.message.mutate)({ ...input, idempotencyKey: input.idempotencyKey ?? crypto.randomUUID() }, options),
      // An answer that is handed back whole names its message.
      get: ({ messageId }, options) => taking(send.get.query)({ messageId }, options),
      cancel: ({ messageId }, options) => taking(send.cancel.mutate)({ messageId }, options),
    },
    drafts: {
      list: plain(drafts.list.query),
      get: taking(drafts.get.query),
      save: taking(drafts.save.mutate),
      attach: taking(drafts.attach.mutate),
      detach: taking(drafts.detach.mutate),
      remove: taking(drafts.remove.mutate),
    },
    submissions: {
      list: (input = {}, options) => taking(submissions.list.query)(input, options),
      get: ({ messageId }, options) => taking(submissions.get.query)({ messageId }, options),
      send: ({ message, ...how }, options) => {
        const keyed = { ...message, idempotencyKey: message.idempotencyKey ?? crypto.randomUUID() }
        return taking(submissions.send.mutate)({ message: keyed, ...how }, options)
      },
      cancel: ({ messageId }, options) => taking(submissions.cancel.mutate)({ messageId }, options),
      retry: ({ messageId }, options) => taking(submissions.retry.mutate)({ messageId }, options),
    },
    suppressions: {
      list: (input = {}, options) => taking(suppressions.list.query)(input, options),
      add: taking(suppressions.add.mutate),
      remove: taking(suppressions.remove.mutate),
    },
    campaigns: { report: taking(campaigns.report.mutate) },
  }
}
