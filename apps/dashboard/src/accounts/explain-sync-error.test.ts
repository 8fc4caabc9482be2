import { describe, expect, it } from 'vitest'
import { explainSyncError } from './explain-sync-error.ts'

const now = new Date('2026-01-15T12:00:00Z')
const error = {
  code: 'host.timeout',
  message: 'The server did not answer in time.',
  since: new Date('2026-01-15T11:50:00Z'),
  nextAttemptAt: null,
}

describe('explainSyncError', () => {
  it.each([
    ['imap.authentication_failed', 'credentials'],
    ['imap.app_password_required', 'credentials'],
    ['credentials.unreadable', 'credentials'],
    ['tls.certificate_invalid', 'servers'],
    ['host.not_found', 'servers'],
    ['host.timeout', 'wait'],
    ['some.newer_code', 'wait'],
  ])('%s is repaired by %s', (code, remedy) => {
    expect(explainSyncError({ syncStatus: 'error' }, { ...error, code }, now).remedy).toBe(remedy)
  })

  it('tells since when, and when it is tried again', () => {
    const at = (iso: string) => explainSyncError({ syncStatus: 'synced' }, { ...error, nextAttemptAt: new Date(iso) }, now).next
    expect(at('2026-01-15T12:03:00Z')).toBe('It began 10 min ago. Next attempt in 3 min.')
    expect(at('2026-01-15T11:59:59Z')).toBe('It began 10 min ago. The next attempt is starting.')
    expect(explainSyncError({ syncStatus: 'error' }, error, now).next).toBe(
      'It began 10 min ago. No further attempt before the account is changed.',
    )
  })

  it('does not call a server unreachable while the account still counts as synced', () => {
    expect(explainSyncError({ syncStatus: 'synced' }, error, now).title).toBe('The last attempt did not get through')
    expect(explainSyncError({ syncStatus: 'error' }, error, now).title).toBe('The mail server cannot be reached')
  })
})
