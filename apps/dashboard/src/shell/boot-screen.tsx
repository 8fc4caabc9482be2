import { LoadingLabel } from '../ui/skeleton.tsx'
import { Mark } from '../ui/wordmark.tsx'

/** Shown only if the first answer takes longer than a second. */
export function BootScreen() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <Mark className="pulse-dot size-10" />
      <LoadingLabel what="Maildock" />
    </main>
  )
}
