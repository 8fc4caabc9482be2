import { useLayoutEffect, useRef, type RefObject } from 'react'

/**
 * Shows a `<dialog>` above the page for as long as it is mounted. It is closed while it is still in the document, which is
 * why this is a layout effect: only then does the browser give the focus back to where it was.
 */
export function useModalDialog(): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const element = dialog.current
    if (element !== null && !element.open) element.showModal()
    return () => element?.close()
  }, [])
  return dialog
}
