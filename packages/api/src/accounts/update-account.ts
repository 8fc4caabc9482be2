import { MaildockError, reachesFurther, syncJobKey, toSyncFrom, type Account, type UpdateAccountInput, type Uuid } from '@maildock/core'
import { enqueueJob, inTransaction, lockUser, publishLiveNotice } from '@maildock/db'
import type { PoolClient } from 'pg'
import type { ApiRuntime } from '../api-runtime.ts'
import type { Session } from '../session-gate.ts'
import { toAccount, toStoredName } from './account-row.ts'
import { makeDefault, readAccount, replaceServers, type ChangeableAccountRow } from './account-store.ts'
import { withPasswords, writePasswords, type PasswordChange } from './credential-store.ts'
import { needsVerification, planLogins, wantedPasswords } from './plan-logins.ts'
import { fenceOffSync } from './sync-fence.ts'
import { verifyServers, type VerifiedServers } from './verify-servers.ts'

interface VerifiedChange {
  readonly servers: VerifiedServers & { readonly username: string; readonly smtpUsername: string }
  readonly passwords: PasswordChange
}

/**
 * Changes an account: what is absent stays. Servers and credentials are verified before they replace the old ones; the id,
 * the mail and the sync position stay. Name, default and window need no server. An SMTP user name or password that was the same as for IMAP stays the same.
 * @throws MaildockError account.not_found, account.default_required, account.changed_meanwhile, credentials.unreadable,
 *   verification.busy, rate.limited, and the codes of a failed verification
 */
export async function updateAccount(
  runtime: ApiRuntime,
  { session: { userId }, signal }: { session: Session; signal: AbortSignal },
  input: UpdateAccountInput,
): Promise<Account> {
  const { pool } = runtime.database
  const known = await readAccount(pool, userId, input.id)
  const change = needsVerification(input) ? await verifyChange(runtime, { userId, known, signal }, input) : null
  return await inTransaction(pool, async (client) => {
    await lockUser(client, userId)
    const current = await readAccount(client, userId, known.id)
    assertDefaultStays(current, input)
    if (change !== null) {
      await writeChange(runtime, client, { userId, known, current, change })
    }
    if (input.name !== undefined) {
      const name = toStoredName(input.name)
      await client.query('update account set name = $2, updated_at = now() where id = $1', [known.id, name])
    }
    if (input.syncFrom !== undefined) {
      await moveWindow(client, current, input.syncFrom === null ? null : toSyncFrom(input.syncFrom))
    }
    const demoted = input.isDefault === true ? await makeDefault(client, userId, known.id) : []
    for (const accountId of [known.id, ...demoted]) {
      await publishLiveNotice(client, { kind: 'account', userId, accountId })
    }
    return toAccount(await readAccount(client, userId, known.id))
  })
}

async function verifyChange(
  runtime: ApiRuntime,
  { userId, known, signal }: { userId: Uuid; known: ChangeableAccountRow; signal: AbortSignal },
  input: UpdateAccountInput,
): Promise<VerifiedChange> {
  const recheck = async (): Promise<void> => assertUnchanged(known, await readAccount(runtime.database.pool, userId, known.id))
  const credentials = { vault: runtime.vault, executor: runtime.database.pool, accountId: known.id }
  return await withPasswords(credentials, wantedPasswords(input), async (stored) => {
    const { imap, smtp, passwords } = planLogins(known, stored, input)
    const servers = await verifyServers(runtime, { userId, emailKey: known.email_key, imap, smtp, recheck }, signal)
    return { servers: { ...servers, username: imap.username, smtpUsername: smtp.username }, passwords }
  })
}

async function writeChange(
  { vault }: ApiRuntime,
  client: PoolClient,
  { userId, known, current, change }: { userId: Uuid; known: ChangeableAccountRow; current: ChangeableAccountRow; change: VerifiedChange },
): Promise<void> {
  assertUnchanged(known, current)
  await fenceOffSync(client, known.id)
  await replaceServers(client, known.id, change.servers)
  await writePasswords({ vault, executor: client }, known.id, change.passwords)
  await enqueueJob(client, { name: 'sync_account', payload: { accountId: known.id, reason: 'changed' } }, { jobKey: syncJobKey(known.id) })
  await publishLiveNotice(client, { kind: 'account', userId, accountId: known.id })
}

/**
 * Narrower: what is stored stays, and only new mail has to pass. Wider: the next pass fetches what is older, and it is enqueued at once. A pass
 * under way is no harm: a mailbox keeps the window it was counted by (ADR 0020).
 */
async function moveWindow(client: PoolClient, current: ChangeableAccountRow, syncFrom: Date | null): Promise<void> {
  await client.query('update account set sync_from = $2::timestamptz, updated_at = now() where id = $1', [current.id, syncFrom])
  if (reachesFurther(syncFrom, current.sync_from)) {
    await enqueueJob(
      client,
      { name: 'sync_account', payload: { accountId: current.id, reason: 'changed' } },
      { jobKey: syncJobKey(current.id) },
    )
  }
}

function assertUnchanged(known: ChangeableAccountRow, current: ChangeableAccountRow): void {
  if (current.revision !== known.revision) {
    throw new MaildockError('account.changed_meanwhile')
  }
}

function assertDefaultStays(current: ChangeableAccountRow, input: UpdateAccountInput): void {
  if (input.isDefault === false && current.is_default) {
    throw new MaildockError('account.default_required')
  }
}
