import { Eye, EyeOff } from 'lucide-react'
import { useState, type ComponentProps } from 'react'
import { cx } from './cx.ts'

export interface PasswordInputProps extends Omit<ComponentProps<'input'>, 'type' | 'autoComplete'> {
  /** Said outright, because a wrong guess makes the browser offer, or overwrite, the wrong password. */
  readonly autoComplete: 'current-password' | 'new-password' | 'off'
}

/** A password field that can show what was typed. Nothing in it is spell-checked or corrected. */
export function PasswordInput({ className, ...rest }: PasswordInputProps) {
  const [revealed, setRevealed] = useState(false)
  const Icon = revealed ? EyeOff : Eye
  return (
    <div className="relative">
      <input
        {...rest}
        type={revealed ? 'text' : 'password'}
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        className={cx('control pr-10', revealed && 'font-mono text-sm', className)}
      />
      <button
        type="button"
        aria-label={revealed ? 'Hide password' : 'Show password'}
        aria-pressed={revealed}
        onClick={() => setRevealed(!revealed)}
        className="absolute inset-y-0 right-0 inline-flex w-9 items-center justify-center rounded-md text-faint hover:text-ink"
      >
        <Icon aria-hidden className="size-4" />
      </button>
    </div>
  )
}
