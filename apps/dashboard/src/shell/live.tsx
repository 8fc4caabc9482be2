import { needsSignIn, toMaildockError, type Account, type LiveEvent, type Message, type SyncProgress } from '@maildock/client'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useSubscription } from '@trpc/tanstack-react-query'
import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { applyLiveEvent, listChangedMail } from '../accounts/live-accounts.ts'
import { leaveForSignIn } from '../session/leave-for-sign-in.ts'
import { useTRPC } from './trpc.ts'

const RECONNECT_MS = 3_000
const MAIL_REFRESH_MS = 1_500

export interface Live {
  readonly progress: ReadonlyMap<string, SyncProgress>
  /** Whether changes arrive by themselves at the moment. */
  readonly connected: boolean
}

const NO_PROGRESS: Live['progress'] = new Map()

const LiveContext = createContext<Live>({ progress: NO_PROGRESS, connected: true })

export function useLive(): Live {
  return useContext(LiveContext)
}

/**
 * Follows `accounts.watch` for as long as someone is signed in and writes what it tells into the query cache, so that every
 * page is live without asking. The first event after each connection is a snapshot: nothing missed stays missed.
 */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [progress, setProgress] = useState(NO_PROGRESS)
  const refreshMail = useMailRefresh()

  const onData = (event: LiveEvent) => {
    refreshMail(event)
    if (event.type === 'messages') return
    const key = trpc.accounts.list.queryKey()
    const accounts = queryClient.getQueryData(key) ?? []
    if (event.type !== 'progress') {
      // A list still on its way is older than this event.
      void queryClient.cancelQueries({ queryKey: key })
      queryClient.setQueryData(key, [...applyLiveEvent({ accounts, progress }, event).accounts])
    }
    setProgress((current) => applyLiveEvent({ accounts, progress: current }, event).progress)
  }

  const router = useRouter()
  const onError = (error: unknown) => {
    if (needsSignIn(toMaildockError(error))) leaveForSignIn(router, queryClient)
  }
  const { status, reset } = useSubscription(trpc.accounts.watch.subscriptionOptions(undefined, { onData, onError }))
  useEffect(() => {
    if (status !== 'error') return undefined
    const timer = setTimeout(reset, RECONNECT_MS)
    return () => clearTimeout(timer)
  }, [status, reset])

  const connected = status === 'pending'
  const live = useMemo(() => ({ progress, connected }), [progress, connected])
  return <LiveContext.Provider value={live}>{children}</LiveContext.Provider>
}

/**
 * After events that tell of it, reads an account's lists, and messages that lack their text, again; at most once in a while, as a first sync
 * announces new messages many times a second.
 */
function useMailRefresh(): (event: LiveEvent) => void {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const told = useRef<readonly Account[] | null>(null)
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>())
  useEffect(() => {
    const pending = timers.current
    return () => {
      for (const timer of pending.values()) clearTimeout(timer)
      pending.clear()
    }
  }, [])
  const refresh = (accountId: string) => {
    timers.current.delete(accountId)
    void queryClient.invalidateQueries(trpc.mailboxes.list.queryFilter({ accountId }))
    // Whatever mailbox and page size: every list of this account.
    void queryClient.invalidateQueries({ queryKey: [...trpc.messages.list.pathKey(), { input: { accountId } }] })
    // Of single messages those that were read before their text was there. The others do not change.
    const opened = queryClient.getQueriesData<Message>({ queryKey: [...trpc.messages.get.pathKey(), { input: { accountId } }] })
    for (const [queryKey, message] of opened) {
      if (message?.bodyState === 'pending') void queryClient.invalidateQueries({ queryKey, exact: true })
    }
  }
  return (event) => {
    for (const accountId of listChangedMail(told.current, event)) {
      if (timers.current.has(accountId)) continue
      timers.current.set(
        accountId,
        setTimeout(() => refresh(accountId), MAIL_REFRESH_MS),
      )
    }
    told.current = applyLiveEvent({ accounts: told.current ?? [], progress: NO_PROGRESS }, event).accounts
  }
}
