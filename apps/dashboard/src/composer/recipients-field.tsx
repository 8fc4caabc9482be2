import { X } from 'lucide-react'
import { useRef, useState, type KeyboardEvent } from 'react'
import { cx } from '../ui/cx.ts'
import { ComposeRow } from './compose-row.tsx'
import { readRecipient, splitRecipients } from './recipients.ts'

export interface RecipientsFieldProps {
  readonly label: string
  /** As they were typed. */
  readonly values: readonly string[]
  readonly error?: string | undefined
  readonly focused?: boolean
  readonly onChange: (values: readonly string[]) => void
}

/** Recipients as chips: typed one after the other, or pasted many at once. What is no address is marked, and can be mended. */
export function RecipientsField({ label, values, error, focused = false, onChange }: RecipientsFieldProps) {
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  const take = (typed: string) => {
    const added = splitRecipients(typed)
    setText('')
    if (added.length > 0) onChange([...new Set([...values, ...added])])
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return
    if ((event.key === 'Enter' && !event.metaKey && !event.ctrlKey) || event.key === ',' || event.key === ';') {
      event.preventDefault()
      take(text)
    } else if (event.key === 'Backspace' && text === '' && values.length > 0) {
      event.preventDefault()
      setText(values.at(-1) ?? '')
      onChange(values.slice(0, -1))
    }
  }
  return (
    <ComposeRow label={label} error={error} grows>
      {(field) => (
        <div className="flex min-w-0 grow flex-wrap items-center gap-1.5">
          {values.length > 0 && (
            <ul aria-label={`${label}, entered`} className="contents">
              {values.map((value) => (
                <Chip
                  key={value}
                  value={value}
                  onRemove={() => {
                    onChange(values.filter((other) => other !== value))
                    input.current?.focus()
                  }}
                />
              ))}
            </ul>
          )}
          <input
            {...field}
            ref={input}
            type="text"
            inputMode="email"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            // The page was opened to write to somebody.
            // oxlint-disable-next-line jsx-a11y/no-autofocus
            autoFocus={focused}
            className="h-8 min-w-20 grow basis-24 bg-transparent text-base outline-none"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={onKeyDown}
            onBlur={() => take(text)}
            onPaste={(event) => {
              const pasted = event.clipboardData.getData('text/plain')
              if (splitRecipients(pasted).length > 1) {
                event.preventDefault()
                take(`${text}${pasted}`)
              }
            }}
          />
        </div>
      )}
    </ComposeRow>
  )
}

function Chip({ value, onRemove }: { readonly value: string; readonly onRemove: () => void }) {
  const isValid = readRecipient(value) !== null
  return (
    <li
      className={cx(
        'inline-flex max-w-full items-center gap-1 rounded-md border py-0.5 pr-0.5 pl-2 text-sm',
        isValid ? 'border-line bg-sunken text-ink' : 'border-bad-line bg-bad-soft text-bad',
      )}
    >
      <span className="truncate">{value}</span>
      {!isValid && <span className="sr-only">(not an address)</span>}
      <button
        type="button"
        aria-label={`Remove ${value}`}
        onClick={onRemove}
        className="inline-flex size-6 shrink-0 items-center justify-center rounded text-faint hover:bg-hover hover:text-ink"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </li>
  )
}
