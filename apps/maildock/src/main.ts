import { createCommandLine } from './command-line.ts'
import { reportFailure } from './report-failure.ts'

try {
  await createCommandLine().parseAsync()
} catch (error) {
  reportFailure(error)
}
