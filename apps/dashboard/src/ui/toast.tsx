import { Check, CircleAlert, X } from 'lucide-react'
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'

const VISIBLE_MS = 6_000

export interface Toast {
  readonly tone: 'good' | 'bad'
  readonly text: string
  /** What can be done about it, for as long as it is shown. */
  readonly action?: { readonly label: string; readonly run: () => void }
  /** In milliseconds. Default 6 000. */
  readonly visibleMs?: number
}

interface ShownToast extends Toast {
  readonly key: number
}

const ToastContext = createContext<(toast: Toast) => void>(() => undefined)

/** Shows one sentence about what was just done. It goes by itself, unless a pointer or the focus rests on it. */
export function useToast(): (toast: Toast) => void {
  return useContext(ToastContext)
}

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly ShownToast[]>([])
  const show = useCallback((toast: Toast) => {
    setToasts((shown) => [...shown.slice(-2), { ...toast, key: (shown.at(-1)?.key ?? 0) + 1 }])
  }, [])
  const dismiss = useCallback((key: number) => setToasts((shown) => shown.filter((toast) => toast.key !== key)), [])
  const entries = useMemo(
    () => toasts.map((toast) => <ToastCard key={toast.key} toast={toast} onDismiss={() => dismiss(toast.key)} />),
    [toasts, dismiss],
  )
  return (
    <ToastContext.Provider value={show}>
      {children}
      <section
        aria-label="Notifications"
        aria-live="polite"
        className="pointer-events-none fixed inset-x-4 bottom-20 z-50 flex flex-col items-center gap-2 lg:inset-x-auto lg:right-6 lg:bottom-6 lg:items-end"
      >
        {entries}
      </section>
    </ToastContext.Provider>
  )
}

function ToastCard({ toast, onDismiss }: { readonly toast: ShownToast; readonly onDismiss: () => void }) {
  const [held, setHeld] = useState(false)
  const { action, visibleMs = VISIBLE_MS } = toast
  useEffect(() => {
    if (held) return undefined
    const timer = setTimeout(onDismiss, visibleMs)
    return () => clearTimeout(timer)
  }, [held, onDismiss, visibleMs])
  const Icon = toast.tone === 'good' ? Check : CircleAlert
  return (
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="toast pointer-events-auto flex max-w-sm items-start gap-2.5 rounded-lg border border-line bg-raised py-2.5 pr-2 pl-3 text-sm shadow-high"
    >
      <Icon aria-hidden className={toast.tone === 'good' ? 'mt-0.5 size-4 shrink-0 text-good' : 'mt-0.5 size-4 shrink-0 text-bad'} />
      <p className="grow">{toast.text}</p>
      {action !== undefined && (
        <button
          type="button"
          onClick={() => {
            onDismiss()
            action.run()
          }}
          className="-my-0.5 shrink-0 rounded px-1.5 py-0.5 font-medium text-accent-ink hover:bg-hover"
        >
          {action.label}
        </button>
      )}
      <button
        type="button"
        aria-label="Dismiss"
        onClick={onDismiss}
        className="-my-0.5 inline-flex size-6 shrink-0 items-center justify-center rounded text-faint hover:text-ink"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </div>
  )
}
