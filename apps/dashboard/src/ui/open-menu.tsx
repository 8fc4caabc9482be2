import { DropdownMenu } from 'radix-ui'
import { useRef } from 'react'
import { cx } from './cx.ts'
import { LAYERS_ID } from './layers.ts'
import type { MenuEntry, MenuProps } from './menu.tsx'

/** A menu from its first opening on. Not modal: the page stays scrollable, so no style sheet has to be injected. */
export function OpenMenu({ renderTrigger, entries, align = 'end', side = 'bottom' }: MenuProps) {
  const chosen = useRef<(() => void) | null>(null)
  // What was chosen happens once the focus is back at the button: a dialog it opens gives the focus back to there.
  const runChosen = () => {
    const run = chosen.current
    chosen.current = null
    if (run !== null) queueMicrotask(run)
  }
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{renderTrigger({})}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={document.querySelector<HTMLElement>(`#${LAYERS_ID}`)}>
        <DropdownMenu.Content
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          onCloseAutoFocus={runChosen}
          className="menu z-40 min-w-48 rounded-lg border border-line bg-raised p-1 text-sm text-ink shadow-high"
        >
          {entries.map((entry) => (
            <Entry
              key={`${entry.kind} ${entry.label}`}
              entry={entry}
              onChoose={(run) => {
                chosen.current = run
              }}
            />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

interface EntryProps {
  readonly entry: MenuEntry
  readonly onChoose: (run: () => void) => void
}

function Entry({ entry, onChoose }: EntryProps) {
  switch (entry.kind) {
    case 'separator':
      return <DropdownMenu.Separator className="-mx-1 my-1 h-px bg-line" />
    case 'label':
      return <DropdownMenu.Label className="truncate px-2 pt-1.5 pb-1 text-xs text-faint">{entry.label}</DropdownMenu.Label>
    case 'item':
      return (
        <DropdownMenu.Item
          onSelect={() => onChoose(entry.onSelect)}
          className={cx(
            'flex h-8 items-center gap-2.5 rounded-md px-2 outline-none select-none',
            entry.danger === true ? 'text-bad data-[highlighted]:bg-bad-soft' : 'data-[highlighted]:bg-hover',
          )}
        >
          <span aria-hidden className="inline-flex size-4 items-center justify-center opacity-80 [&>svg]:size-4">
            {entry.icon}
          </span>
          <span className="grow">{entry.label}</span>
          {entry.hint}
        </DropdownMenu.Item>
      )
    default:
      return entry satisfies never
  }
}
