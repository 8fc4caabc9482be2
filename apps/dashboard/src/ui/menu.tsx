import { lazy, Suspense, useState, type ComponentProps, type ReactElement, type ReactNode } from 'react'

export type MenuEntry =
  | {
      readonly kind: 'item'
      readonly label: string
      readonly icon?: ReactNode
      readonly hint?: ReactNode
      readonly danger?: boolean
      readonly onSelect: () => void
    }
  | { readonly kind: 'label'; readonly label: string }
  | { readonly kind: 'separator'; readonly label: string }

export interface MenuProps {
  /** The button the menu belongs to; it must take the props over. */
  readonly renderTrigger: (props: Partial<ComponentProps<'button'>>) => ReactElement
  readonly entries: readonly MenuEntry[]
  readonly align?: 'start' | 'end'
  readonly side?: 'top' | 'bottom'
}

const importMenu = () => import('./open-menu.tsx')
const OpenMenu = lazy(async () => ({ default: (await importMenu()).OpenMenu }))

function preloadMenu(): void {
  void importMenu()
}

/**
 * A menu behind a button. What opens and places it is fetched when the button is pointed at or pressed: no page needs it
 * in order to be shown.
 */
export function Menu(props: MenuProps) {
  const [asked, setAsked] = useState(false)
  const closed = props.renderTrigger({
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onPointerEnter: preloadMenu,
    onFocus: preloadMenu,
    onClick: () => setAsked(true),
    onKeyDown: (event) => {
      if (event.key !== 'ArrowDown') return
      event.preventDefault()
      setAsked(true)
    },
  })
  return asked ? (
    <Suspense fallback={closed}>
      <OpenMenu {...props} />
    </Suspense>
  ) : (
    closed
  )
}
