/** Something the operator can mend: shown as one plain line (and one more per detail), without a stack trace. */
export class StartupProblem extends Error {
  override readonly name = 'StartupProblem'
  readonly lines: readonly string[]

  constructor(message: string, lines: readonly string[] = [], options?: ErrorOptions) {
    super(message, options)
    this.lines = lines
  }
}
