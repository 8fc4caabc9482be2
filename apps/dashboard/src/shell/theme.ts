import { useSyncExternalStore } from 'react'

export const THEME_CHOICES = ['system', 'light', 'dark'] as const
export type ThemeChoice = (typeof THEME_CHOICES)[number]

const KEY = 'maildock.theme'
const listeners = new Set<() => void>()
let memory: ThemeChoice | null = null

/** The stored choice. Where storage is switched off, the choice lasts as long as the page. */
function readThemeChoice(): ThemeChoice {
  if (memory !== null) return memory
  const stored = readStorage()
  return THEME_CHOICES.find((choice) => choice === stored) ?? 'system'
}

function readStorage(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

/** Takes a choice over, keeps it, and shows it at once. */
export function chooseTheme(choice: ThemeChoice): void {
  memory = choice
  try {
    localStorage.setItem(KEY, choice)
  } catch {
    // Storage is switched off or full: `memory` keeps the choice until the page is left.
    memory = choice
  }
  applyTheme()
  for (const listener of listeners) listener()
}

/** The theme a choice means while the system prefers dark, or does not. */
export function resolveTheme(choice: ThemeChoice, systemPrefersDark: boolean): 'light' | 'dark' {
  if (choice !== 'system') return choice
  return systemPrefersDark ? 'dark' : 'light'
}

function applyTheme(): void {
  document.documentElement.dataset['theme'] = resolveTheme(readThemeChoice(), matchMedia('(prefers-color-scheme: dark)').matches)
}

/** Follows the system for as long as the page lives. The first theme was set by `public/theme.js`, before the first paint. */
export function followSystemTheme(): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', applyTheme)
  applyTheme()
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, readThemeChoice)
}
