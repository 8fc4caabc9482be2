import { Modal } from '../ui/modal.tsx'
import { labelKey, SHORTCUTS, type Shortcut } from './shortcuts.ts'

const GROUPS: readonly Shortcut['group'][] = ['Everywhere', 'In lists', 'While reading']

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Modal reading title="Keyboard shortcuts" onClose={onClose}>
      {GROUPS.map((group) => (
        <section key={group} aria-label={group} className="mt-4 first:mt-1">
          <h3 className="text-xs font-medium text-faint">{group}</h3>
          <dl className="mt-1.5 divide-y divide-line">
            {SHORTCUTS.filter((shortcut) => shortcut.group === group).map((shortcut) => (
              <div key={shortcut.label} className="flex items-center justify-between py-2 text-sm">
                <dt>{shortcut.label}</dt>
                <dd className="flex items-center gap-1">
                  {shortcut.keys.map((key, index) => (
                    <span key={key} className="flex items-center gap-1">
                      {index > 0 && <span className="text-xs text-faint">{shortcut.keys[0] === 'G' ? 'then' : 'or'}</span>}
                      <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded border border-line-strong bg-surface px-1.5 font-sans text-xs font-medium text-muted">
                        {labelKey(key, navigator.platform)}
                      </kbd>
                    </span>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  )
}
