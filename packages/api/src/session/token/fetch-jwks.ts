import type { JSONWebKeySet } from 'jose'

const MAX_OCTETS = 256 * 1024
const MAX_KEYS = 100

/**
 * Reads a key set, within one deadline for connect, headers and body together, and at most 256 KB of it. Redirects are not followed:
 * the operator named this address and no other.
 * @throws Error when the answer is anything but a key set; its message holds nothing of the answer
 */
export async function fetchJwks(url: URL, timeoutMs: number): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: 'application/jwk-set+json, application/json' },
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new Error(`the key set was answered with status ${response.status}`)
  }
  return parseKeySet(await readBounded(response))
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let octets = 0
  for await (const chunk of response.body ?? []) {
    octets += chunk.length
    // Leaving the loop cancels the body and closes the connection.
    if (octets > MAX_OCTETS) throw new Error('the key set is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseKeySet(text: string): JSONWebKeySet {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new Error('the key set is not JSON', { cause })
  }
  if (typeof value !== 'object' || value === null || !('keys' in value) || !Array.isArray(value.keys)) {
    throw new Error('the answer is not a key set')
  }
  if (value.keys.length === 0 || value.keys.length > MAX_KEYS) {
    throw new Error(`the key set has ${value.keys.length} keys`)
  }
  return { keys: value.keys }
}
