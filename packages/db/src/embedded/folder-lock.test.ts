import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isLockHeld, lockFolder } from './folder-lock.ts'

let folder: string
let lockFile: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maildock-lock-'))
  lockFile = join(folder, 'lock')
})
afterEach(() => rm(folder, { recursive: true }))

describe('lockFolder', () => {
  test('has one owner at a time, and one after another', async () => {
    const first = await lockFolder(lockFile, folder)
    expect(await isLockHeld(lockFile)).toBe(true)
    await expect(lockFolder(lockFile, folder)).rejects.toThrow(`Another Maildock (process ${process.pid}) already uses ${folder}`)
    await first[Symbol.asyncDispose]()
    expect(await isLockHeld(lockFile)).toBe(false)
    await (await lockFolder(lockFile, folder))[Symbol.asyncDispose]()
    expect(await readdir(folder)).toEqual([])
  })

  test('of many that find a stale lock, exactly one becomes the owner', async () => {
    await writeFile(lockFile, JSON.stringify({ pid: 2 ** 22 + 1, startTime: '1', nonce: 'gone' }))
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(lockFile, folder)))
    const owners = outcomes.filter((outcome) => outcome.status === 'fulfilled')
    expect(owners).toHaveLength(1)
    await owners[0]?.value[Symbol.asyncDispose]()
    expect(await readdir(folder)).toEqual([])
  })

  test('gives back only a lock that is still its own', async () => {
    const lock = await lockFolder(lockFile, folder)
    await writeFile(lockFile, JSON.stringify({ pid: process.pid, startTime: null, nonce: 'another' }))
    await lock[Symbol.asyncDispose]()
    expect(await readdir(folder)).toEqual(['lock'])
  })
})
