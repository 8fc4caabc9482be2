import { toDisplayLine } from '@maildock/core'

const REMOVED = '[removed]'
/** Cutting a shorter secret out of a text would show where it stood; then the whole text goes. */
const MIN_CUTTABLE_LENGTH = 6

/** Every form in which a server may echo a password it was sent: as it is, quoted, in base64 alone and in SASL PLAIN. */
export function listSecretForms(username: string, password: string): readonly string[] {
  const forms = [password, password.replaceAll(/["\\]/gu, '\\$&'), encodeURIComponent(password.toWellFormed())]
  const encoded = [toBase64(password), toBase64(`\0${username}\0${password}`), toBase64(`${username}\0${username}\0${password}`)]
  const all = [...forms, ...encoded, ...encoded.map((text) => text.replaceAll('=', ''))]
  // Longest first, so that no form leaves the rest of a longer one behind.
  return [...new Set(all)].filter((form) => form !== '').toSorted((a, b) => b.length - a.length)
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** One clean line of a server's words with no form of the secret in it, at most 200 characters; undefined when nothing can be shown. */
export function toPublicResponse(text: string, secretForms: readonly string[]): string | undefined {
  let clean = text
  for (const form of secretForms) {
    const pattern = anyCaseOf(form)
    if (!pattern.test(clean)) continue
    if (form.length < MIN_CUTTABLE_LENGTH) return undefined
    clean = clean.replace(anyCaseOf(form), REMOVED)
  }
  const line = toDisplayLine(clean)
  // Cleaning takes characters out, which may join what a server had drawn apart.
  const rejoined = secretForms.some((form) => anyCaseOf(form).test(line))
  return line === '' || rejoined ? undefined : line
}

/** Servers echo in capitals, too, and those tell nearly as much. */
function anyCaseOf(form: string): RegExp {
  return new RegExp(form.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, '\\$&'), 'giu')
}
