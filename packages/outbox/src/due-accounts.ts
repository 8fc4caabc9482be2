import type { Uuid } from '@maildock/core'

/** An account that has messages which are due. */
export interface DueAccount {
  readonly accountId: Uuid
  readonly userId: Uuid
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
 * and of many that have something each gets its share. Pure: what is under way, and what was found, it is told.
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

  /** What to take now, by the limits and what is under way, by the id of an account or a user. Everybody gets one before anybody gets two. */
  choose({ total, perAccount, perUser }: AttemptLimits, underWay: ReadonlyMap<Uuid, number>): readonly WantedOfAccount[] {
    const counts = new Map(underWay)
    const wanted = new Map<Uuid, number>()
    const count = (id: Uuid): number => counts.get(id) ?? 0
    let left = total
    for (let round = 0; round < perAccount && left > 0; round += 1) {
      for (const { accountId, userId } of this.#row) {
        if (left > 0 && count(accountId) < perAccount && count(userId) < perUser) {
          counts.set(accountId, count(accountId) + 1).set(userId, count(userId) + 1)
          wanted.set(accountId, (wanted.get(accountId) ?? 0) + 1)
          left -= 1
        }
      }
    }
    return this.#row.flatMap((account) => {
      const ofThis = wanted.get(account.accountId)
      return ofThis === undefined ? [] : [{ ...account, wanted: ofThis }]
    })
  }

  /** What came of a choice: whoever had less than was wanted has nothing more. */
  settle(wanted: readonly WantedOfAccount[], taken: ReadonlyMap<Uuid, number>): void {
    const asked = new Map(wanted.map((one) => [one.accountId, one.wanted]))
    const waiting = this.#row.filter(({ accountId }) => !asked.has(accountId))
    const served = this.#row.filter(({ accountId }) => asked.has(accountId) && (taken.get(accountId) ?? 0) === asked.get(accountId))
    this.#row = [...waiting, ...served]
  }
}
