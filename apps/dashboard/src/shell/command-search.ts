export interface Command {
  readonly id: string
  readonly label: string
  readonly group: string
  /** Other words it may be looked for by. */
  readonly keywords?: string
}

/**
 * The commands that fit what was typed: every word has to occur, at the beginning of a word where possible. Best first;
 * equal ones keep their order. An empty query fits all.
 */
export function searchCommands<T extends Command>(commands: readonly T[], query: string): readonly T[] {
  const words = query.toLowerCase().split(/\s+/u).filter(Boolean)
  if (words.length === 0) return commands
  return commands
    .map((command) => ({ command, score: scoreOf(command, words) }))
    .filter(({ score }) => score > 0)
    .toSorted((left, right) => right.score - left.score)
    .map(({ command }) => command)
}

function scoreOf(command: Command, words: readonly string[]): number {
  const label = command.label.toLowerCase()
  const text = `${label} ${(command.keywords ?? '').toLowerCase()} ${command.group.toLowerCase()}`
  let score = 0
  for (const word of words) {
    if (!text.includes(word)) return 0
    score += label.startsWith(word) ? 4 : startsAWord(label, word) ? 3 : label.includes(word) ? 2 : 1
  }
  return score
}

function startsAWord(text: string, word: string): boolean {
  return text.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word))
}
