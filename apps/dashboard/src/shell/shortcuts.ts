/** A key press, as much of it as deciding needs. */
export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

export interface Shortcut {
  /** Keys as shown to people, one after the other. */
  readonly keys: readonly string[]
  readonly label: string
  readonly group: 'Everywhere' | 'In lists' | 'While reading'
}

const COMMAND_K = '⌘K'

/** A key as it is printed on the keyboards of a platform: where there is no ⌘ there is Ctrl. */
export function labelKey(key: string, platform: string): string {
  return key === COMMAND_K && !/^(?:Mac|iP)/u.test(platform) ? 'Ctrl K' : key
}

/** Everything the keyboard does, for the help page. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: [COMMAND_K, '/'], label: 'Open the command menu', group: 'Everywhere' },
  { keys: ['N'], label: 'Write a message', group: 'Everywhere' },
  { keys: ['C'], label: 'Connect an account', group: 'Everywhere' },
  { keys: ['G', 'A'], label: 'Go to accounts', group: 'Everywhere' },
  { keys: ['G', 'D'], label: 'Go to drafts', group: 'Everywhere' },
  { keys: ['G', 'O'], label: 'Go to the outbox', group: 'Everywhere' },
  { keys: ['G', 'S'], label: 'Go to settings', group: 'Everywhere' },
  { keys: ['?'], label: 'Show this list', group: 'Everywhere' },
  { keys: ['J', '↓'], label: 'Next', group: 'In lists' },
  { keys: ['K', '↑'], label: 'Previous', group: 'In lists' },
  { keys: ['Enter'], label: 'Open', group: 'In lists' },
  { keys: ['R'], label: 'Reply', group: 'While reading' },
  { keys: ['A'], label: 'Reply to all', group: 'While reading' },
  { keys: ['F'], label: 'Forward', group: 'While reading' },
  { keys: ['Esc'], label: 'Back to the list, or close', group: 'While reading' },
]

export type ShortcutAction =
  | 'command-menu'
  | 'compose'
  | 'connect'
  | 'help'
  | 'go-accounts'
  | 'go-drafts'
  | 'go-outbox'
  | 'go-settings'
  | 'await-second-key'

const AFTER_G: ReadonlyMap<string, ShortcutAction> = new Map([
  ['a', 'go-accounts'],
  ['d', 'go-drafts'],
  ['o', 'go-outbox'],
  ['s', 'go-settings'],
])

/**
 * What a key press asks for; null where it is none of ours. `afterG`: the previous key was a G. `typing`: the press goes
 * into a text field, where only ⌘K is a command.
 */
export function readShortcut(
  press: KeyPress,
  { afterG, typing }: { readonly afterG: boolean; readonly typing: boolean },
): ShortcutAction | null {
  const key = press.key.toLowerCase()
  if ((press.metaKey || press.ctrlKey) && !press.altKey) return key === 'k' ? 'command-menu' : null
  if (typing || press.altKey || press.metaKey || press.ctrlKey) return null
  if (afterG) return AFTER_G.get(key) ?? null
  switch (key) {
    case '/':
      return 'command-menu'
    case 'n':
      return 'compose'
    case 'c':
      return 'connect'
    case '?':
      return 'help'
    case 'g':
      return 'await-second-key'
    default:
      return null
  }
}
