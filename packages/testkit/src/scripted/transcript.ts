/**
 * What a scripted server does, step by step. `expect` waits for a line of the client, the other steps need nobody. After the last step the
 * server keeps the connection open and says nothing.
 */
export type Step =
  | { readonly expect: RegExp }
  /** Waits until the client has sent anything, and takes it. */
  | { readonly expectOctets: true }
  /** Takes lines up to a lone dot (RFC 5321 section 4.1.1.4): one message. */
  | { readonly expectMessage: true }
  | { readonly send: string | Uint8Array }
  /** Sends one octet at a time, at this interval. */
  | { readonly drip: string; readonly everyMs: number }
  /** Sends so many octets of one kind, as fast as the client takes them. */
  | { readonly flood: string; readonly octets: number }
  /** Reads no more: what the client sends fills the buffers on the way. */
  | { readonly goDeaf: true }
  /** Begins TLS as a server. */
  | { readonly startTls: true }
  /** Closes: with FIN, or at once with RST. */
  | { readonly close: 'fin' | 'rst' }

/** Waits for a command line. `(?<tag>…)` is remembered: `{tag}` in what is sent later stands for it. */
export function expectLine(expect: RegExp): Step {
  return { expect }
}

/** Sends text as it is; no line end is added. */
export function send(text: string | Uint8Array): Step {
  return { send: text }
}

/** An IMAP command: its tag is remembered. */
export function expectCommand(name: string): Step {
  return { expect: new RegExp(`^(?<tag>\\S+) ${name}(?: |$)`, 'iu') }
}

export function drip(text: string, everyMs: number): Step {
  return { drip: text, everyMs }
}

export function flood(text: string, octets: number): Step {
  return { flood: text, octets }
}

/** Waits for a whole message, and remembers it. */
export const expectMessage: Step = { expectMessage: true }
export const expectOctets: Step = { expectOctets: true }
export const goDeaf: Step = { goDeaf: true }
export const startTls: Step = { startTls: true }
export const hangUp: Step = { close: 'fin' }
export const reset: Step = { close: 'rst' }
