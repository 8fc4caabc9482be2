import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StartupProblem } from '../startup-problem.ts'
import { openDataDir } from './data-dir.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maildock-data-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('openDataDir', () => {
  it('makes the folder for its owner alone and leaves nothing in it', async () => {
    const { path } = await openDataDir(join(folder, 'a', 'b'))
    expect((await stat(path)).mode & 0o777).toBe(0o700)
    expect(await readdir(path)).toEqual([])
  })

  it('says in one line when the folder cannot be written', async () => {
    await writeFile(join(folder, 'file'), '')
    const opened = openDataDir(join(folder, 'file', 'below'))
    await expect(opened).rejects.toThrow(StartupProblem)
    await expect(opened).rejects.toThrow(/cannot be written/u)
  })

  it('makes a secret once, for its owner alone, also when many ask at the same time', async () => {
    const dataDir = await openDataDir(folder)
    let made = 0
    const secrets = await Promise.all(Array.from({ length: 20 }, () => dataDir.ensureSecret('s', () => `value-${(made += 1)}`)))
    expect(new Set(secrets).size).toBe(1)
    expect(await dataDir.ensureSecret('s', () => 'another')).toBe(secrets[0])
    expect((await stat(join(folder, 's'))).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['s'])
  })

  it('closes a secret that others may read', async () => {
    const dataDir = await openDataDir(folder)
    await dataDir.ensureSecret('s', () => 'value')
    await chmod(join(folder, 's'), 0o644)
    expect(await dataDir.ensureSecret('s', () => 'another')).toBe('value')
    expect((await stat(join(folder, 's'))).mode & 0o777).toBe(0o600)
  })

  it('does not replace an empty secret: a new one could not open old data', async () => {
    await writeFile(join(folder, 's'), '', { mode: 0o600 })
    const dataDir = await openDataDir(folder)
    await expect(dataDir.ensureSecret('s', () => 'new')).rejects.toThrow(/is empty/u)
    expect(await readFile(join(folder, 's'), 'utf8')).toBe('')
  })
})
