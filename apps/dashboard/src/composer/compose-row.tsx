import { useId, type ReactNode } from 'react'
import { cx } from '../ui/cx.ts'

/** What ties a field to the label and the error of its row. */
export interface RowField {
  readonly id: string
  readonly 'aria-invalid': true | undefined
  readonly 'aria-describedby': string | undefined
}

export interface ComposeRowProps {
  readonly label: string
  readonly error?: string | undefined
  /** The field may have several lines: the label stands at the first. */
  readonly grows?: boolean
  /** The last row stands without a line. */
  readonly last?: boolean
  readonly children: (field: RowField) => ReactNode
}

/** A line of the head of a message: what it is called, its field, and what is wrong with it. */
export function ComposeRow({ label, error, grows = false, last = false, children }: ComposeRowProps) {
  const id = useId()
  const isWrong = error !== undefined
  const errorId = `${id}-error`
  return (
    <div className={cx('border-b py-1.5 has-[input:focus-visible]:border-accent', last ? 'border-transparent' : 'border-line')}>
      <div className={cx('flex gap-2', grows ? 'items-start' : 'items-center')}>
        <label htmlFor={id} className={cx('w-14 shrink-0 text-sm text-muted', grows && 'pt-1.5')}>
          {label}
        </label>
        {children({ id, 'aria-invalid': isWrong ? true : undefined, 'aria-describedby': isWrong ? errorId : undefined })}
      </div>
      {isWrong && (
        <p id={errorId} className="pb-1 pl-16 text-sm text-bad">
          {error}
        </p>
      )}
    </div>
  )
}
