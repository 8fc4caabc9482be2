import { CloudOff, LoaderCircle } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useLive } from './live.tsx'

/** A blip is not news: the banner waits this long before it shows. */
const GRACE_MS = 2_000

function useOnline(): boolean {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener('online', listener)
      window.addEventListener('offline', listener)
      return () => {
        window.removeEventListener('online', listener)
        window.removeEventListener('offline', listener)
      }
    },
    () => navigator.onLine,
  )
}

/** Says that what is shown may be old, while it may be. */
export function ConnectionBanner() {
  const { connected } = useLive()
  const online = useOnline()
  const [overdue, setOverdue] = useState(false)
  useEffect(() => {
    if (connected) return undefined
    const timer = setTimeout(() => setOverdue(true), GRACE_MS)
    return () => {
      clearTimeout(timer)
      setOverdue(false)
    }
  }, [connected])
  return (
    <output className="block">
      {!online ? (
        <Banner icon={<CloudOff aria-hidden className="size-4" />} text="You are offline. What you see is the last known state." />
      ) : overdue && !connected ? (
        <Banner
          icon={<LoaderCircle aria-hidden className="size-4 animate-spin" />}
          text="Reconnecting… What you see may be a little behind."
        />
      ) : null}
    </output>
  )
}

function Banner({ icon, text }: { readonly icon: React.ReactNode; readonly text: string }) {
  return (
    <span className="flex items-center justify-center gap-2 border-b border-warn-line bg-warn-soft px-4 py-2 text-sm text-warn">
      {icon}
      {text}
    </span>
  )
}
