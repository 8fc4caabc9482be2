/** Wakes one waiter. A ring while nobody waits is kept: the next wait returns at once. */
export interface Doorbell {
  readonly ring: () => void
  /** Resolves at the next ring, or when the time is over. */
  readonly wait: (timeoutMs: number) => Promise<void>
}

export function createDoorbell(): Doorbell {
  let rung = false
  let wake: (() => void) | undefined
  return {
    ring: () => {
      rung = true
      wake?.()
    },
    wait: async (timeoutMs) => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.max(0, timeoutMs))
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        wake = undefined
      }
      rung = false
    },
  }
}
