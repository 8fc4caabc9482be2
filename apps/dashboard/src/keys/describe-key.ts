import type { Account, ApiKey, ApiKeyScope } from '@maildock/client'
import { describeAge, describeDistance } from '../ui/relative-date.ts'

export interface ScopeWords {
  readonly label: string
  readonly description: string
}

/** Total on purpose: a new scope does not compile until somebody has found words for it. In the order in which they are offered. */
export const SCOPE_WORDS: Readonly<Record<ApiKeyScope, ScopeWords>> = {
  send: { label: 'All mail', description: 'Mail of any kind.' },
  'send:transactional': { label: 'Transactional mail', description: 'Confirmations, receipts, password resets.' },
  'send:marketing': { label: 'Marketing mail', description: 'Newsletters and campaigns.' },
}

export type KeyState = 'active' | 'expired' | 'revoked'

/** How a key stands now: one that is open in a page for long may expire there. */
export function readKeyState({ isActive, expiresAt, revokedAt }: ApiKey, now: Date): KeyState {
  if (revokedAt !== null) return 'revoked'
  return isActive && (expiresAt === null || expiresAt > now) ? 'active' : 'expired'
}

/** When a key ends, or ended: "Expires in 3 days". */
export function describeKeyEnd(key: ApiKey, now: Date): string {
  const { expiresAt, revokedAt } = key
  const state = readKeyState(key, now)
  switch (state) {
    case 'revoked':
      return revokedAt === null ? 'Revoked' : `Revoked ${describeAge(revokedAt, now)}`
    case 'expired':
      return expiresAt === null ? 'Expired' : `Expired ${describeAge(expiresAt, now)}`
    case 'active':
      return expiresAt === null ? 'Does not expire' : `Expires ${describeDistance(expiresAt, now)}`
    default:
      return state satisfies never
  }
}

/** What a key may send: "Transactional mail, marketing mail". All mail includes the others. */
export function describeScopes(scopes: readonly ApiKeyScope[]): string {
  if (scopes.includes('send')) return SCOPE_WORDS.send.label
  const [first = '', ...others] = scopes.map((scope) => SCOPE_WORDS[scope].label)
  return [first, ...others.map((label) => label.toLowerCase())].join(', ')
}

/** From where a key may send. */
export function describeBinding({ allowedAccountId }: ApiKey, accounts: readonly Account[]): string {
  if (allowedAccountId === null) return 'From all accounts'
  const account = accounts.find(({ id }) => id === allowedAccountId)
  return account === undefined ? 'From one account, which is not connected' : `From ${account.email}`
}
