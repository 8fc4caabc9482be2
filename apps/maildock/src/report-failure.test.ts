import { MaildockError } from '@maildock/core'
import { describe, expect, it } from 'vitest'
import { describeFailure } from './report-failure.ts'
import { StartupProblem } from './startup-problem.ts'

describe('describeFailure', () => {
  it('lists what the operator can mend, without a stack', () => {
    expect(describeFailure(new StartupProblem('Two things:', ['first', 'second']))).toBe('\nTwo things:\n  - first\n  - second')
  })

  it('names the port that is in use, and the way out', () => {
    const error = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', port: 3000 })
    expect(describeFailure(error)).toMatch(/^\nPort 3000 is in use .*PORT=3001 npm start$/u)
  })

  it('tells the code of an error of the catalogue', () => {
    expect(describeFailure(new MaildockError('service.unavailable'))).toContain('(service.unavailable)')
  })

  it('keeps the stack of what nobody expected', () => {
    expect(describeFailure(new TypeError('odd'))).toMatch(/TypeError: odd\n\s+at /u)
  })
})
