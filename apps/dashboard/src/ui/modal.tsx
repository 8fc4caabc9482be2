import { X } from 'lucide-react'
import { useId, type ReactNode } from 'react'
import { IconButton } from './button.tsx'
import { cx } from './cx.ts'
import { useModalDialog } from './use-modal-dialog.ts'

export interface ModalProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
  readonly footer?: ReactNode
  readonly wide?: boolean
  /** Its content is only read, and may be long: the keyboard can scroll it, although nothing in it takes the focus. */
  readonly reading?: boolean
}

/**
 * A dialog above the page. It is the browser's own `<dialog>`: focus stays inside, the page behind is inert, Esc closes,
 * and focus returns to where it was. (Radix's dialog locks scrolling with an injected style sheet, which our content
 * security policy refuses.) Mounted means open.
 */
export function Modal({ title, onClose, children, footer, wide = false, reading = false }: ModalProps) {
  const titleId = useId()
  const dialog = useModalDialog()
  return (
    // A click on the dialog element itself can only be one on its backdrop: the content fills the rest. Keyboards have Esc.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      className={cx(
        'modal m-auto w-[calc(100%-2rem)] overflow-hidden rounded-xl border border-line bg-raised p-0 text-ink shadow-high',
        wide ? 'max-w-2xl' : 'max-w-md',
      )}
    >
      <div className="flex max-h-[85dvh] flex-col">
        <div className="flex items-start justify-between gap-4 px-5 pt-4">
          <h2 id={titleId} className="pt-1 text-lg font-semibold tracking-[-0.01em]">
            {title}
          </h2>
          <IconButton label="Close" onClick={onClose} className="-mr-2">
            <X aria-hidden className="size-4" />
          </IconButton>
        </div>
        <div
          className="overflow-y-auto px-5 pt-2 pb-5 text-base"
          {...(reading ? { role: 'region', tabIndex: 0, 'aria-labelledby': titleId } : {})}
        >
          {children}
        </div>
        {footer !== undefined && <div className="flex flex-wrap justify-end gap-2 border-t border-line bg-sunken px-5 py-3">{footer}</div>}
      </div>
    </dialog>
  )
}
