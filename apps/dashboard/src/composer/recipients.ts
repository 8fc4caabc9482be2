import { EmailAddress } from '@maildock/client'

/** Somebody a message goes to. */
export interface Recipient {
  readonly email: string
  readonly name?: string
}

const NAMED = /^(.*?)\s*<([^<>]*)>$/u

/** Reads what was typed for one recipient: `ada@example.com`, or `Ada <ada@example.com>`. Null: it is none, at least not yet. */
export function readRecipient(text: string): Recipient | null {
  const [, named = '', inBrackets] = NAMED.exec(text.trim()) ?? []
  const address = EmailAddress.safeParse(inBrackets ?? text)
  if (!address.success) return null
  const name = named.replaceAll(/^"|"$/gu, '').replaceAll('\\"', '"').trim()
  return name === '' ? { email: address.data } : { email: address.data, name }
}

/** Takes apart what was typed or pasted for several: at commas, semicolons and line ends, but not within quotes. Each once. */
export function splitRecipients(text: string): readonly string[] {
  const parts = text.match(/(?:"(?:[^"\\]|\\.)*"|[^",;\r\n])+/gu) ?? []
  return [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ''))]
}

/** As it is typed. */
export function writeRecipient({ name, address }: { readonly name: string | null; readonly address: string | null }): string {
  if (address === null) return name ?? ''
  if (name === null || name === '') return address
  return /[",;<>]/u.test(name) ? `"${name.replaceAll('"', String.raw`\"`)}" <${address}>` : `${name} <${address}>`
}

/** Those of the texts that are no recipients. */
export function listInvalid(texts: readonly string[]): readonly string[] {
  return texts.filter((text) => readRecipient(text) === null)
}
