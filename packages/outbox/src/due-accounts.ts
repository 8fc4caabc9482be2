import type { Uuid } from '@maildock/core'

/** An account that has messages which are due. */
export interface DueAccount {
  readonly accountId: Uuid
  readonly userId: Uuid
  /** Attempts its server may get at once, whatever else is allowed. */
  readonly atOnce: number
}

/** Attempts at once. */
export interface AttemptLimits {
  /** Of all. */
  readonly total: number
  readonly perAccount: number
  readonly perUser: number
}

/** How many messages of an account are wanted. */
export interface WantedOfAccount extends DueAccount {
  readonly wanted: number
}

/**
 * Whose turn it is. Accounts that have something due stand in a row, and whoever is served goes to its end: one with thousands leaves room for the others,
 * and of many that have something each gets its share. What is under way, and what was found, it is told.
 */
export class DueAccounts {
  #row: readonly DueAccount[] = []

  get isEmpty(): boolean {
    return this.#row.length === 0
  }

  /** What was looked up: those that are here already keep their places, the others come behind them, those that wait longest first. */
  renew(found: readonly DueAccount[]): void {
    const byId = new Map(found.map((account) => [account.accountId, account]))
    const staying = this.#row.filter(({ accountId }) => byId.delete(accountId))
    this.#row = [...staying, ...byId.values()]
  }

  /**
   * What to take now, by the limits and what is under way, by the id of an account or a user. Whose user has the least under way comes first, then whoever has the
   * least himself, then whoever stands in front.
   */
  choose({ total, perAccount, perUser }: AttemptLimits, underWay: ReadonlyMap<Uuid, number>): readonly WantedOfAccount[] {
    const counts = new Map(underWay)
    const wanted = new Map<Uuid, number>()
    const count = (id: Uuid): number => counts.get(id) ?? 0
    for (let left = total; left > 0; left -= 1) {
      let next: DueAccount | null = null
      for (const account of this.#row) {
        const isFree = count(account.accountId) < Math.min(perAccount, account.atOnce) && count(account.userId) < perUser
        if (isFree && (next === null || this.#isBefore(account, next, count))) {
          next = account
        }
      }
      if (next === null) {
        break
      }
      const { accountId, userId } = next
      counts.set(accountId, count(accountId) + 1).set(userId, count(userId) + 1)
      wanted.set(accountId, (wanted.get(accountId) ?? 0) + 1)
    }
    return this.#row.flatMap((account) => {
      const ofThis = wanted.get(account.accountId)
      return ofThis === undefined ? [] : [{ ...account, wanted: ofThis }]
    })
  }

  #isBefore(one: DueAccount, other: DueAccount, count: (id: Uuid) => number): boolean {
    const ofUsers = count(one.userId) - count(other.userId)
    return ofUsers < 0 || (ofUsers === 0 && count(one.accountId) < count(other.accountId))
  }

  /** What came of a choice: whoever had less than was wanted has nothing more. */
  settle(wanted: readonly WantedOfAccount[], taken: ReadonlyMap<Uuid, number>): void {
    const asked = new Map(wanted.map((one) => [one.accountId, one.wanted]))
    const waiting = this.#row.filter(({ accountId }) => !asked.has(accountId))
    const served = this.#row.filter(({ accountId }) => asked.has(accountId) && (taken.get(accountId) ?? 0) === asked.get(accountId))
    this.#row = [...waiting, ...served]
  }
}
