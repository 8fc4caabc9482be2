/** What a message begins with: an answer to a synchronised one, a forward of it, a draft, or nothing. */
export interface ComposeSearch {
  readonly account?: string | undefined
  readonly reply?: string | undefined
  readonly reply_all?: string | undefined
  readonly forward?: string | undefined
  readonly draft?: string | undefined
}

const KEYS = ['account', 'reply', 'reply_all', 'forward', 'draft'] as const

/** Every key is always set: the router lays this over what the address says, and a key left out would let that through unchecked. */
export function validateComposeSearch(search: Record<string, unknown>): ComposeSearch {
  return Object.fromEntries(KEYS.map((key) => [key, typeof search[key] === 'string' ? search[key] : undefined]))
}

export type ComposeStart =
  | { readonly kind: 'blank'; readonly accountId: string | null }
  | { readonly kind: 'draft'; readonly draftId: string }
  | { readonly kind: 'quote'; readonly accountId: string; readonly id: string; readonly mode: 'reply' | 'reply_all' | 'forward' }

/** What the address asks for. Pure. */
export function readComposeStart(search: ComposeSearch): ComposeStart {
  if (search.draft !== undefined) return { kind: 'draft', draftId: search.draft }
  for (const mode of ['reply', 'reply_all', 'forward'] as const) {
    const id = search[mode]
    if (id !== undefined && search.account !== undefined) return { kind: 'quote', accountId: search.account, id, mode }
  }
  return { kind: 'blank', accountId: search.account ?? null }
}
