import { cx } from './cx.ts'

/** A key as it is printed on a keyboard. Hidden from phones, which have none. */
export function Kbd({ keys, onAccent = false }: { readonly keys: string; readonly onAccent?: boolean }) {
  return (
    <kbd
      aria-hidden
      className={cx(
        'hidden h-4.5 min-w-4.5 items-center justify-center rounded border px-1 font-sans text-2xs font-medium lg:inline-flex',
        onAccent ? 'border-on-accent/35 text-on-accent' : 'border-line-strong bg-surface text-muted',
      )}
    >
      {keys}
    </kbd>
  )
}
