// Runs before the first paint, so that nobody who chose the dark theme sees a white flash. A file of its own because
// the content security policy allows no inline script. src/shell/theme.ts keeps the choice from here on.
;(() => {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  let choice = 'system'
  try {
    choice = localStorage.getItem('maildock.theme') ?? 'system'
  } catch {
    // Storage can be switched off; the system's theme is the answer then.
    choice = 'system'
  }
  const theme = choice === 'light' || choice === 'dark' ? choice : dark.matches ? 'dark' : 'light'
  document.documentElement.dataset.theme = theme
})()
