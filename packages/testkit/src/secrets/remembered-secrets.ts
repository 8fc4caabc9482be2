const secrets = new Set<string>()

/** Shorter ones would be found by chance. */
const MIN_LENGTH = 8

/**
 * Remembers a password this test file uses. When its database is dropped, every row of every table is searched for it, in clear and
 * in the usual encodings.
 */
export function rememberSecret(secret: string): string {
  if (secret.length >= MIN_LENGTH) secrets.add(secret)
  return secret
}

export function listRememberedSecrets(): readonly string[] {
  return [...secrets]
}

/** The forms in which a careless program would leave a secret behind: clear, JSON, URL, base64 at each alignment, hex, UTF-16. */
export function listSecretForms(secret: string): readonly string[] {
  const octets = Buffer.from(secret, 'utf8')
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    octets.toString('hex'),
    Buffer.from(secret, 'utf16le').toString('hex'),
    ...[0, 1, 2].flatMap((shift) => base64Forms(octets, shift)),
  ]
  return [...new Set(forms)]
}

/** What is certain of the base64 of these octets behind `shift` unknown ones: the first and last characters depend on neighbours. */
function base64Forms(octets: Buffer, shift: number): readonly string[] {
  const text = Buffer.concat([Buffer.alloc(shift), octets])
    .toString('base64')
    .replace(/=+$/u, '')
  const certain = text.slice(shift === 0 ? 0 : shift + 1, -1)
  return [certain, certain.replaceAll('+', '-').replaceAll('/', '_')]
}
