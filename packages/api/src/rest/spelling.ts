/** How fields are named outside. */
export type Spelling = 'snake_case' | 'camelCase'

const snakeNames = new Map<string, string>()

/** `imapHost` → `imap_host`. Remembered: field names are few. Only for names of this code base. */
export function toSnakeCase(name: string): string {
  let snake = snakeNames.get(name)
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`)
    snakeNames.set(name, snake)
  }
  return snake
}

/** Seconds are exact enough, and what the contract shows: `2026-01-15T10:00:00Z`. */
export function toRestTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`
}

/** A value as REST tells it: times as text, and field names in snake_case where asked for. */
export function toRestValue(value: unknown, spelling: Spelling): unknown {
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Date) return toRestTime(value)
  if (Array.isArray(value)) return value.map((item) => toRestValue(item, spelling))
  const told: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(value)) {
    told[spelling === 'camelCase' ? name : toSnakeCase(name)] = toRestValue(field, spelling)
  }
  return told
}
