import { Search } from 'lucide-react'
import { useId, useState, type KeyboardEvent } from 'react'
import { cx } from '../ui/cx.ts'
import { useModalDialog } from '../ui/use-modal-dialog.ts'
import { searchCommands } from './command-search.ts'
import { useCommands } from './use-commands.tsx'

export interface CommandMenuProps {
  readonly onClose: () => void
  readonly onHelp: () => void
}

/** Everything one can go to or do, by typing a part of its name. A combobox above the page (ARIA APG, list autocomplete). */
export function CommandMenu({ onClose, onHelp }: CommandMenuProps) {
  const commands = useCommands(onHelp)
  const [query, setQuery] = useState('')
  const [activeIndex, setActiveIndex] = useState(0)
  const listId = useId()
  const dialog = useModalDialog()
  const found = searchCommands(commands, query)
  const active = found[Math.min(activeIndex, found.length - 1)]

  const run = (command: (typeof found)[number] | undefined) => {
    if (command === undefined) return
    onClose()
    command.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setActiveIndex((Math.min(activeIndex, found.length - 1) + step + found.length) % Math.max(1, found.length))
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      run(active)
    }
  }
  return (
    // A click on the dialog element itself can only be one on its backdrop. Keyboards have Esc.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <dialog
      ref={dialog}
      aria-label="Command menu"
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      className="modal mx-auto mt-[12dvh] w-[calc(100%-2rem)] max-w-lg overflow-hidden rounded-xl border border-line bg-raised p-0 text-ink shadow-high"
    >
      <div className="flex items-center gap-2.5 border-b border-line px-4">
        <Search aria-hidden className="size-4 shrink-0 text-faint" />
        <input
          role="combobox"
          aria-label="Search or jump to"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={active === undefined ? undefined : `${listId}-${active.id}`}
          autoComplete="off"
          spellCheck={false}
          placeholder="Search or jump to…"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value)
            setActiveIndex(0)
          }}
          onKeyDown={onKeyDown}
          className="h-12 w-full bg-transparent text-lg outline-none focus-visible:outline-none"
        />
      </div>
      {/* A listbox steered from the combobox, as the ARIA practices have it: no native element does that. */}
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-to-interactive-role */}
      <ul id={listId} role="listbox" aria-label="Commands" className="max-h-[50dvh] overflow-y-auto p-1.5">
        {found.map((command) => (
          // Chosen by pointer here and by keyboard through the combobox, which keeps the focus.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={command.id}
            ref={command === active ? reveal : undefined}
            id={`${listId}-${command.id}`}
            // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-to-interactive-role
            role="option"
            aria-selected={command === active}
            onClick={() => run(command)}
            onPointerMove={() => setActiveIndex(found.indexOf(command))}
            className={cx('flex h-9 items-center gap-3 rounded-md px-2.5 text-sm', command === active && 'bg-active')}
          >
            <span aria-hidden className="inline-flex size-4 items-center justify-center text-muted [&>svg]:size-4">
              {command.icon}
            </span>
            <span className="min-w-0 grow truncate">{command.label}</span>
            <span className="text-xs text-faint">{command.group}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <output className="block px-4 pb-6 text-center text-sm text-muted">Nothing is called “{query}”.</output>}
    </dialog>
  )
}

function reveal(option: HTMLElement | null): void {
  option?.scrollIntoView({ block: 'nearest' })
}
