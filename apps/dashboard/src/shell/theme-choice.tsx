import { Monitor, Moon, Sun } from 'lucide-react'
import { Choice } from '../ui/choice.tsx'
import { chooseTheme, useThemeChoice } from './theme.ts'

const ICON = 'size-3.5'

export function ThemeChoiceControl() {
  return (
    <Choice
      label="Theme"
      value={useThemeChoice()}
      onChange={chooseTheme}
      options={[
        { value: 'system', label: 'System', icon: <Monitor aria-hidden className={ICON} /> },
        { value: 'light', label: 'Light', icon: <Sun aria-hidden className={ICON} /> },
        { value: 'dark', label: 'Dark', icon: <Moon aria-hidden className={ICON} /> },
      ]}
    />
  )
}
