import type { Writable } from 'node:stream'

/** Tells a person what is being done, one line a step. On a terminal the running step is shown while it runs. */
export interface Progress {
  step<T>(label: string, work: () => Promise<T>): Promise<T>
  line(text: string): void
}

export function createProgress(output: Writable & { readonly isTTY?: boolean }): Progress {
  return {
    line: (text) => void output.write(`${text}\n`),
    async step(label, work) {
      const startedAt = performance.now()
      if (output.isTTY === true) output.write(`  … ${label}`)
      try {
        const result = await work()
        const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
        output.write(`${output.isTTY === true ? '\r' : ''}  ✓ ${label} (${seconds} s)\n`)
        return result
      } catch (error) {
        output.write(`${output.isTTY === true ? '\r' : ''}  ✗ ${label}\n`)
        throw error
      }
    },
  }
}
