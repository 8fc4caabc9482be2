import { createCommandLine } from './command-line.ts'
import { reportFailure } from './report-failure.ts'

try {
  await createCommandLine().parseAsync()
  // Everything a command opened is closed by now. Prisma's schema engine leaves a ten-second timer behind, which would hold the process.
  process.exit()
} catch (error) {
  reportFailure(error)
}
