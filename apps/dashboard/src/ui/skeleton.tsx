import { cx } from './cx.ts'

/** A grey shape where content will be, of that content's size, so that nothing jumps when it arrives. */
export function Skeleton({ className }: { readonly className: string }) {
  return <div aria-hidden className={cx('skeleton', className)} />
}

/** Says to screen readers what the skeletons say to eyes. */
export function LoadingLabel({ what }: { readonly what: string }) {
  return <output className="sr-only">Loading {what}…</output>
}
