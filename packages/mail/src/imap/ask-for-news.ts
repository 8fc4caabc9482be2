import type { ImapFlow } from 'imapflow'

/** The part of imapflow's client that is not in its types. */
interface CommandChannel {
  exec(command: string, attributes: readonly unknown[]): Promise<{ next(): void }>
  readonly untaggedHandlers: Record<string, unknown>
}

const EVENTS = ['MessageNew', 'MessageExpunge', 'FlagChange']

/**
 * Asks for news of all mailboxes over this connection (NOTIFY, RFC 5465): `hear` is called for whatever happens in another than the open one. In
 * the open one, and in IDLE, everything stays as it is. Only while no IDLE runs. @returns false when the server refuses
 */
export async function askForNews(client: ImapFlow, hear: () => void): Promise<boolean> {
  const channel = client as unknown as CommandChannel
  try {
    const response = await channel.exec('NOTIFY', [
      atom('SET'),
      [atom('selected'), EVENTS.map(atom)],
      [atom('personal'), [...EVENTS, 'MailboxName'].map(atom)],
    ])
    response.next()
  } catch (error) {
    if (isRefusal(error)) {
      return false
    }
    throw error
  }
  // Answers to commands of ours have handlers of their own, which come first.
  for (const name of ['STATUS', 'LIST']) {
    channel.untaggedHandlers[name] = async () => hear()
  }
  return true
}

function atom(value: string): { readonly type: 'ATOM'; readonly value: string } {
  return { type: 'ATOM', value }
}

function isRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'responseStatus' in error && /^(?:NO|BAD)$/u.test(String(error.responseStatus))
}
