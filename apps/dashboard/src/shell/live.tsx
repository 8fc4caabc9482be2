import { needsSignIn, toMaildockError, type LiveEvent, type SyncProgress } from '@maildock/client'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useSubscription } from '@trpc/tanstack-react-query'
import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { applyLiveEvent } from '../accounts/live-accounts.ts'
import { leaveForSignIn } from '../session/leave-for-sign-in.ts'
import { useTRPC } from './trpc.ts'

const RECONNECT_MS = 3_000
const MESSAGES_REFRESH_MS = 1_500

export interface Live {
  readonly progress: ReadonlyMap<string, SyncProgress>
  /** Whether changes arrive by themselves at the moment. */
  readonly connected: boolean
}

const LiveContext = createContext<Live>({ progress: new Map(), connected: true })

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
  const [progress, setProgress] = useState<ReadonlyMap<string, SyncProgress>>(new Map())
  const refreshMessages = useMessagesRefresh()

  const onData = (event: LiveEvent) => {
    if (event.type === 'messages') {
      refreshMessages(event.accountId)
      return
    }
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

/** Reads an account's mail lists again, at most once in a while: a first sync announces new messages many times a second. */
function useMessagesRefresh(): (accountId: string) => void {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>())
  useEffect(() => {
    const pending = timers.current
    return () => {
      for (const timer of pending.values()) clearTimeout(timer)
      pending.clear()
    }
  }, [])
  return (accountId) => {
    if (timers.current.has(accountId)) return
    const refresh = () => {
      timers.current.delete(accountId)
      void queryClient.invalidateQueries(trpc.mailboxes.list.queryFilter({ accountId }))
      // Whatever mailbox and page size: every list of this account.
      void queryClient.invalidateQueries({ queryKey: [...trpc.messages.list.pathKey(), { input: { accountId } }] })
    }
    timers.current.set(accountId, setTimeout(refresh, MESSAGES_REFRESH_MS))
  }
}
