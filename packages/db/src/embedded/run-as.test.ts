import { describe, expect, test } from 'vitest'
import { ownerOf, planLaunch } from './run-as.ts'

describe('planLaunch', () => {
  test('a user of this machine runs it as himself', () => {
    expect(planLaunch({ kind: 'self' }, '/pg/postgres', ['-D', '/d'])).toEqual({
      command: '/pg/postgres',
      args: ['-D', '/d'],
      options: { cwd: '/' },
    })
    expect(ownerOf({ kind: 'self' })).toBeNull()
  })

  test('root runs it as another user, who owns the files', () => {
    const runAs = { kind: 'user', uid: 101, gid: 104 } as const
    expect(planLaunch(runAs, '/pg/postgres', [])).toEqual({ command: '/pg/postgres', args: [], options: { cwd: '/', uid: 101, gid: 104 } })
    expect(ownerOf(runAs)).toEqual({ uid: 101, gid: 104 })
  })

  test('where that user may not enter, root runs it in a namespace, and the files stay root’s', () => {
    const runAs = { kind: 'namespace', uid: 101, gid: 104 } as const
    expect(planLaunch(runAs, '/pg/postgres', ['-D', '/d'])).toEqual({
      command: 'unshare',
      args: ['--user', '--map-user=101', '--map-group=104', '/pg/postgres', '-D', '/d'],
      options: { cwd: '/' },
    })
    expect(ownerOf(runAs)).toEqual({ uid: 0, gid: 0 })
  })
})
