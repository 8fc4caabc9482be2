import type { SyncReason } from '@maildock/core'

/** Lower runs first: what a person waits for before what nobody watches. */
export const JOB_PRIORITY: Readonly<Record<SyncReason, number>> = {
  connect: 0,
  manual: 0,
  changed: 0,
  continue: 5,
  retry: 5,
  sweep: 10,
}
