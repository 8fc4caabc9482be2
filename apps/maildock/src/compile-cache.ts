import { enableCompileCache, flushCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

/** With the packages themselves: who may write there may change them as well. Never in a directory others may prepare. */
const DIRECTORY = fileURLToPath(new URL('../../../node_modules/.cache/maildock', import.meta.url))
/** By then a command has loaded what it needs. */
const STARTED_MS = 5_000

/**
 * Keeps what modules were compiled to for the next process, and for the threads and children of this one. They start sooner, and none of them loads
 * what strips the types: 20 MB for each process and each thread. Where nothing can be written, nothing changes.
 */
export function keepCompiled(): void {
  const { directory } = enableCompileCache(process.env['NODE_COMPILE_CACHE'] ?? DIRECTORY)
  if (directory !== undefined) {
    // Threads look here.
    process.env['NODE_COMPILE_CACHE'] ??= DIRECTORY
    // Written when a process ends; one that serves may run for months, and may be killed then.
    setTimeout(flushCompileCache, STARTED_MS).unref()
  }
}
