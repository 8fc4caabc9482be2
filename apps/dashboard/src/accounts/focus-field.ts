import type { AccountField } from './account-form.ts'

/** Puts the focus on a field of the account form and selects what is in it, ready to be typed over. */
export function focusField(field: AccountField, options: FocusOptions = {}): void {
  const element = document.querySelector<HTMLInputElement | HTMLSelectElement>(`form [name="${field}"]`)
  element?.focus(options)
  if (element instanceof HTMLInputElement) element.select()
}
