import type { SyncFailure } from '@maildock/core'
import { LeaseLostError } from '@maildock/db'
import type { Pass } from '../pass.ts'
import { recordSyncEvent } from '../store/account-store.ts'
import { inPass, PassOutdatedError } from '../store/in-pass.ts'
import { enqueueSync } from './enqueue-sync.ts'

/**
 * Tells an account's failure, in one transaction with the job of the next attempt: a failure that is recorded is also mended. Of an account
 * that is not ours any more nothing is told.
 */
export async function recordFailedPass(pass: Pass, failure: SyncFailure): Promise<void> {
  const { accountId } = pass
  try {
    await inPass(pass, async (client) => {
      const state = await recordSyncEvent(client, accountId, { type: 'failed', failure })
      if (state.nextAttemptAt !== null) {
        await enqueueSync(client, { payload: { accountId, reason: 'retry' }, runAt: state.nextAttemptAt })
      }
    })
  } catch (error) {
    if (!(error instanceof LeaseLostError || error instanceof PassOutdatedError)) {
      throw error
    }
  }
}
