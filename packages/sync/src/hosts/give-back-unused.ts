import type { Admission } from './admission.ts'

/** The same admission; `giveBack`, which must not throw, comes first when it is disposed of and nothing was tried with it. */
export function giveBackUnused(admission: Admission, giveBack: () => Promise<void>): Admission {
  let isUsed = false
  const use = (tell: () => void): void => {
    isUsed = true
    tell()
  }
  const end = (): void => admission[Symbol.dispose]()
  return {
    admitted: true,
    begun: () => use(() => admission.begun()),
    opened: () => use(() => admission.opened()),
    answered: () => use(() => admission.answered()),
    failed: (code, early) => use(() => admission.failed(code, early)),
    refused: (retryAfterMs) => use(() => admission.refused(retryAfterMs)),
    [Symbol.dispose]: () => {
      if (isUsed) {
        end()
        return
      }
      isUsed = true
      void giveBack().then(end)
    },
  }
}
