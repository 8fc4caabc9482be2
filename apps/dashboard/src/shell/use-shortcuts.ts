import { useEffect, useEffectEvent, type RefObject } from 'react'
import { readShortcut, type ShortcutAction } from './shortcuts.ts'

const SECOND_KEY_MS = 1_200

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select, [role="menu"] *, [role="menu"]'))
  )
}

/** Whether a dialog has the page: keys belong to it then. */
function isDialogOpen(): boolean {
  return document.querySelector('dialog[open]') !== null
}

/** Runs `perform` for each shortcut pressed anywhere outside of dialogs and text fields. */
export function useShortcuts(perform: (action: Exclude<ShortcutAction, 'await-second-key'>) => void): void {
  const onAction = useEffectEvent(perform)
  useEffect(() => {
    let gPressedAt = Number.NEGATIVE_INFINITY
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || isDialogOpen()) return
      const afterG = event.timeStamp - gPressedAt < SECOND_KEY_MS
      const action = readShortcut(event, { afterG, typing: isTyping(event.target) })
      gPressedAt = action === 'await-second-key' ? event.timeStamp : Number.NEGATIVE_INFINITY
      if (action === null || action === 'await-second-key') return
      event.preventDefault()
      onAction(action)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}

const DOWN: ReadonlySet<string> = new Set(['j', 'ArrowDown'])
const UP: ReadonlySet<string> = new Set(['k', 'ArrowUp'])

/**
 * Moves the focus through the elements marked `data-list-item` inside `list`. J and K work from anywhere on the page,
 * arrows only inside the list, so that they keep scrolling elsewhere.
 */
export function useListKeys(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || isDialogOpen()) return
      const step = DOWN.has(event.key) ? 1 : UP.has(event.key) ? -1 : 0
      const element = list.current
      if (step === 0 || element === null) return
      if (event.key.startsWith('Arrow') && !element.contains(document.activeElement)) return
      const items = [...element.querySelectorAll<HTMLElement>('[data-list-item]')]
      const focused = items.findIndex((item) => item === document.activeElement || item.contains(document.activeElement))
      const current = focused === -1 ? items.findIndex((item) => item.ariaCurrent === 'true') : focused
      const next = items[Math.max(0, Math.min(items.length - 1, current + step))]
      if (next === undefined) return
      event.preventDefault()
      next.focus()
      next.scrollIntoView({ block: 'nearest' })
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [list])
}

/** Runs `close` on Esc, unless a dialog or a menu takes it. */
export function useEscape(close: () => void): void {
  const onEscape = useEffectEvent(close)
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || isDialogOpen() || isTyping(event.target)) return
      onEscape()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}

/** Runs `perform` with what belongs to a key, for keys of what is read at the moment: from anywhere on the page but dialogs and text fields. */
export function useReadingKeys<T>(byKey: Readonly<Record<string, T>>, perform: (found: T) => void): void {
  const onKey = useEffectEvent((key: string): boolean => {
    const found = Object.hasOwn(byKey, key) ? byKey[key] : undefined
    if (found !== undefined) perform(found)
    return found !== undefined
  })
  useEffect(() => {
    let gPressedAt = Number.NEGATIVE_INFINITY
    const onKeyDown = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase()
      // G A is another command.
      const afterG = event.timeStamp - gPressedAt < SECOND_KEY_MS
      gPressedAt = key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY
      if (event.defaultPrevented || event.repeat || event.metaKey || event.ctrlKey || event.altKey || afterG) return
      if (isTyping(event.target) || isDialogOpen()) return
      if (onKey(key)) event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}
