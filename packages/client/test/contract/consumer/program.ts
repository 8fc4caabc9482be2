// A program of somebody who has installed the package. Compiled by several TypeScript versions, run on the oldest Node.js.
import {
  ConnectAccountInput,
  createMaildockClient,
  isMaildockError,
  listVerificationFailures,
  planTlsModes,
  toMaildockError,
  type Account,
  type ErrorCode,
  type LiveEvent,
  type MaildockClient,
  type MaildockError,
  type MaildockRouter,
  type WatchState,
} from '@maildock/client'
import { createTRPCClient, type TRPCClient } from '@trpc/client'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { createMaildockLinks } from '@maildock/client'

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

const published: readonly [
  Same<inferRouterOutputs<MaildockRouter>['accounts']['list'], Account[]>,
  Same<inferRouterInputs<MaildockRouter>['accounts']['connect'], ConnectAccountInput>,
  Same<Account['createdAt'], Date>,
  Same<Account['syncStatus'], 'pending' | 'syncing' | 'synced' | 'error'>,
] = [true, true, true, true]
// @ts-expect-error: a type that has become `any` would let this pass
const wrong: Same<Account, { id: string }> = true

const baseUrl = process.argv[2] ?? ''
const client: MaildockClient = createMaildockClient({ baseUrl, token: async () => 'token', retries: 0 })
const own: TRPCClient<MaildockRouter> = createTRPCClient<MaildockRouter>({ links: createMaildockLinks({ baseUrl }) })

function explain(error: MaildockError): string {
  const known: ErrorCode = 'account.already_connected'
  if (error.code === known || error.code === 'client.network') {
    return 'try again'
  }
  return error.code === 'a.code_of_a_newer_server' ? 'update' : error.message
}

async function main(): Promise<void> {
  const told: Record<string, unknown> = { typeChecks: [...published, wrong].length }
  const accounts = await client.accounts.list({ timeoutMs: 5_000, signal: new AbortController().signal })
  told['createdAt'] = accounts[0]?.createdAt.toISOString()
  told['own'] = (await own.accounts.list.query()).length

  const input: ConnectAccountInput = {
    email: 'hello@yourdomain.com',
    imapHost: 'imap.yourdomain.com',
    imapPort: 993,
    smtpHost: 'smtp.yourdomain.com',
    smtpPort: 587,
    username: 'hello@yourdomain.com',
    password: 'secret',
  }
  told['tls'] = planTlsModes(input.smtpPort)
  told['invalid'] = ConnectAccountInput.safeParse({ ...input, imapPort: 70_000 }).error?.issues.length
  try {
    // @ts-expect-error: a port is a number
    await client.accounts.connect({ ...input, imapPort: '993' })
  } catch (error) {
    told['failures'] = listVerificationFailures(error).map(({ protocol, code }) => `${protocol} ${code}`)
    if (isMaildockError(error, 'imap.authentication_failed')) {
      const stage: 'dns' | 'connect' | 'greeting' | 'tls' | 'auth' | 'ready' = error.details.stage
      told['stage'] = stage
    }
    told['explained'] = explain(toMaildockError(error))
  }

  const states: WatchState['status'][] = []
  const events: LiveEvent['type'][] = []
  for await (const event of client.accounts.watch({ onStateChange: ({ status }) => states.push(status) })) {
    events.push(event.type)
    if (events.length === 2) break
  }
  const watch = client.accounts.watch({
    onEvent: (event) => events.push(event.type),
    onStateChange: ({ status }) => states.push(status),
    onError: (error) => states.push(error.code === 'session.expired' ? 'closed' : 'reconnecting'),
  })
  watch.close()
  told['states'] = states
  told['events'] = events
  process.stdout.write(JSON.stringify(told))
}

await main()
