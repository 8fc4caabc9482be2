import { syncJobKey, toEmailKey, toSyncFrom, type Account, type ConnectAccountInput } from '@maildock/core'
import { enqueueJob, inTransaction, lockUser, newId, publishLiveNotice } from '@maildock/db'
import type { ApiRuntime } from '../api-runtime.ts'
import type { Session } from '../session-gate.ts'
import { toAccount, toStoredName } from './account-row.ts'
import { assertMayConnect, insertAccount, readConnectState, reviveAccount, type NewAccount } from './account-store.ts'
import { writePasswords } from './credential-store.ts'
import { planLimitsOf } from './plan-limits.ts'
import { verifyServers } from './verify-servers.ts'

/**
 * Connects an account: both servers are verified first, then the account, its sealed credentials and its first sync job are
 * committed together. An address that was connected before is revived with its id and its mail. The first account is the default.
 * @throws MaildockError account.already_connected, account.quota_reached (before any password is sent anywhere, and again
 *   under the user's lock), verification.busy, rate.limited, and the codes of a failed verification
 */
export async function connectAccount(
  runtime: ApiRuntime,
  { session, signal }: { session: Session; signal: AbortSignal },
  input: ConnectAccountInput,
): Promise<Account> {
  const { database, vault } = runtime
  const { userId } = session
  const emailKey = toEmailKey(input.email)
  const maxAccounts = planLimitsOf(runtime, session.plan).connectedAccounts
  const recheck = async (): Promise<void> => assertMayConnect(await readConnectState(database.pool, userId, emailKey), maxAccounts)
  const smtpUsername = input.smtpUsername ?? input.username
  const smtpPassword = input.smtpPassword ?? input.password

  await recheck()
  const servers = await verifyServers(
    runtime,
    {
      userId,
      emailKey,
      imap: { host: input.imapHost, port: input.imapPort, tls: input.imapTls, username: input.username, password: input.password },
      smtp: { host: input.smtpHost, port: input.smtpPort, tls: input.smtpTls, username: smtpUsername, password: smtpPassword },
      recheck,
    },
    signal,
  )

  return await inTransaction(database.pool, async (client) => {
    await lockUser(client, userId)
    const state = await readConnectState(client, userId, emailKey)
    assertMayConnect(state, maxAccounts)
    const account: NewAccount = {
      id: state.known?.id ?? newId(),
      userId,
      email: input.email,
      emailKey,
      name: toStoredName(input.name),
      isDefault: state.connectedAccounts === 0,
      ...servers,
      username: input.username,
      smtpUsername,
      syncFrom: typeof input.syncFrom === 'string' ? toSyncFrom(input.syncFrom) : input.syncFrom,
    }
    const row = state.known === null ? await insertAccount(client, account) : await reviveAccount(client, account)
    await writePasswords({ vault, executor: client }, row.id, {
      imap: input.password,
      smtp: smtpPassword === input.password ? null : smtpPassword,
    })
    await enqueueJob(client, { name: 'sync_account', payload: { accountId: row.id, reason: 'connect' } }, { jobKey: syncJobKey(row.id) })
    await publishLiveNotice(client, { kind: 'account', userId, accountId: row.id })
    return toAccount(row)
  })
}
