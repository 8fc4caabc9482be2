import { LoaderCircle } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'

export type ButtonTone = 'primary' | 'secondary' | 'quiet' | 'danger' | 'danger-outline'
export type ButtonSize = 'sm' | 'md'

const BASE =
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors select-none disabled:cursor-not-allowed disabled:opacity-55'

const TONES: Record<ButtonTone, string> = {
  primary: 'bg-accent text-on-accent shadow-low enabled:hover:bg-accent-hover',
  secondary: 'border border-line-strong bg-surface text-ink shadow-low enabled:hover:bg-hover',
  quiet: 'text-muted enabled:hover:bg-hover enabled:hover:text-ink',
  'danger-outline': 'border border-line-strong bg-surface text-bad shadow-low enabled:hover:border-bad-line enabled:hover:bg-bad-soft',
  danger: 'bg-danger text-white shadow-low enabled:hover:bg-danger-hover',
}

const SIZES: Record<ButtonSize, string> = { sm: 'h-8 px-2.5 text-sm', md: 'h-9 px-3.5 text-base' }

/** The classes of a button, for links that look like one. Links have no `enabled` state, so they get plain hover classes. */
export function buttonClass(tone: ButtonTone, size: ButtonSize = 'md'): string {
  return cx(BASE, TONES[tone].replaceAll('enabled:', ''), SIZES[size])
}

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'type'> {
  readonly tone?: ButtonTone
  readonly size?: ButtonSize
  readonly type?: 'button' | 'submit'
  /** Work is under way: the button cannot be pressed again, and says so. */
  readonly busy?: boolean
  readonly children: ReactNode
}

export function Button({
  tone = 'secondary',
  size = 'md',
  type = 'button',
  busy = false,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={cx(BASE, TONES[tone], SIZES[size], className)}
    >
      {busy && <LoaderCircle aria-hidden className="size-4 animate-spin" />}
      {children}
    </button>
  )
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'type'> {
  /** What the button does: its accessible name and its tooltip. */
  readonly label: string
  readonly children: ReactNode
}

export function IconButton({ label, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      {...rest}
      type="button"
      aria-label={label}
      title={label}
      className={cx(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted transition-colors hover:bg-hover hover:text-ink data-[state=open]:bg-hover data-[state=open]:text-ink',
        className,
      )}
    >
      {children}
    </button>
  )
}
