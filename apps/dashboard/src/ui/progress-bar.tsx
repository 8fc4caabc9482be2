import { cx } from './cx.ts'

export interface ProgressBarProps {
  readonly label: string
  /** From 0 to 1; null while the whole is not known yet. */
  readonly fraction: number | null
  readonly slim?: boolean
}

/**
 * Progress as a thin line. The browser's own element tells it; the line only draws it, scaled rather than resized, so that
 * it moves without laying the page out again.
 */
export function ProgressBar({ label, fraction, slim = false }: ProgressBarProps) {
  return (
    <div className={cx('relative w-full overflow-hidden rounded-full bg-line', slim ? 'h-0.5' : 'h-1')}>
      <progress aria-label={label} max={1} {...(fraction === null ? {} : { value: fraction })} className="sr-only" />
      {fraction === null ? (
        <div className="sweep h-full w-1/4 rounded-full bg-accent" />
      ) : (
        <div
          className="h-full w-full origin-left rounded-full bg-accent transition-transform duration-500 ease-out"
          style={{ transform: `scaleX(${fraction})` }}
        />
      )}
    </div>
  )
}
