import type { Account, MailboxProgress, SyncProgress } from '@maildock/client'

/** Part of the whole from 0 to 1; null while nothing is known to be expected. Never above 1: mail can arrive while counting. */
export function progressFraction({
  messagesDone,
  messagesExpected,
}: Pick<MailboxProgress, 'messagesDone' | 'messagesExpected'>): number | null {
  return messagesExpected === 0 ? null : Math.min(1, messagesDone / messagesExpected)
}

/** "1,240 of 3,400 messages". */
export function describeProgress(progress: Pick<SyncProgress, 'messagesDone' | 'messagesExpected'>, locale?: string): string {
  if (progress.messagesExpected === 0) return 'Looking for messages'
  const number = new Intl.NumberFormat(locale)
  const done = Math.min(progress.messagesDone, progress.messagesExpected)
  return `${number.format(done)} of ${number.format(progress.messagesExpected)} ${progress.messagesExpected === 1 ? 'message' : 'messages'}`
}

/** Whether progress is worth showing: while a pass runs, and while an interrupted one is still behind. */
export function isProgressOpen(account: Pick<Account, 'syncStatus'>, progress: SyncProgress | undefined): boolean {
  if (account.syncStatus === 'syncing') return true
  return (
    account.syncStatus === 'error' &&
    progress !== undefined &&
    progress.messagesDone > 0 &&
    progress.messagesDone < progress.messagesExpected
  )
}
