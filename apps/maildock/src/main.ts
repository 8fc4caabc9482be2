import { keepCompiled } from './compile-cache.ts'
import { reportFailure } from './report-failure.ts'

// Read when the pool is first used. Name look-ups run there, of hosts that users name: a few servers of theirs that never answer must
// not hold up files, compression and password hashing.
process.env['UV_THREADPOOL_SIZE'] ??= '32'
keepCompiled()

try {
  const { createCommandLine } = await import('./command-line.ts')
  await createCommandLine().parseAsync()
  // Everything a command opened is closed by now. Prisma's schema engine leaves a ten-second timer behind, which would hold the process.
  process.exit()
} catch (error) {
  reportFailure(error)
}
