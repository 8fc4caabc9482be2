import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { StartupProblem } from '../startup-problem.ts'
import { ConfigSchema } from './config-schema.ts'
import { loadConfig } from './load-config.ts'

const KEY = `k1:${Buffer.alloc(32, 7).toString('base64')}`

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof StartupProblem) return error.lines
    throw error
  }
  return []
}

describe('loadConfig', () => {
  it('needs nothing', () => {
    expect(loadConfig({})).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 3000,
      DATA_DIR: '.maildock',
      DEFAULT_PLAN: 'enterprise',
      SESSION_AUDIENCE: 'authenticated',
    })
  })

  it('takes an empty value for an absent one', () => {
    expect(loadConfig({ PORT: '', SESSION_JWT_SECRET: '' }).PORT).toBe(3000)
  })

  it('reads lists and port ranges', () => {
    const config = loadConfig({ MAIL_ALLOW_HOSTS: ' mail.test , 10.0.0.0/8,', MAIL_ALLOW_PORTS: '1143, 2000-2010' })
    expect(config.MAIL_ALLOW_HOSTS).toEqual(['mail.test', '10.0.0.0/8'])
    expect(config.MAIL_ALLOW_PORTS).toEqual([
      [1143, 1143],
      [2000, 2010],
    ])
  })

  it('tells all problems at once, each with its setting and none with its value', () => {
    const lines = problemsOf({ PORT: '70000', SESSION_JWT_SECRET: 'too-short', LOG_LEVEL: 'loud', MAIL_ALLOW_PORTS: '9-5', PLANS: '{' })
    expect(lines.map((line) => line.split(':')[0] ?? '').toSorted()).toEqual([
      'LOG_LEVEL',
      'MAIL_ALLOW_PORTS',
      'PLANS',
      'PORT',
      'SESSION_JWT_SECRET',
    ])
    expect(lines.join('\n')).not.toContain('too-short')
  })

  it.each([
    [
      'both ways of verifying tokens',
      { SESSION_JWT_SECRET: 'x'.repeat(32), SESSION_JWKS_URL: 'https://id.test/jwks', SESSION_ISSUER: 'i' },
      'SESSION_JWKS_URL',
    ],
    ['a key set without its issuer', { SESSION_JWKS_URL: 'https://id.test/jwks' }, 'SESSION_ISSUER'],
    ['a database of one’s own without keys', { DATABASE_URL: 'postgresql://localhost/x' }, 'CREDENTIAL_KEYS'],
    ['a default plan that is none', { DEFAULT_PLAN: 'gold' }, 'DEFAULT_PLAN'],
    ['a database that is not PostgreSQL', { DATABASE_URL: 'mysql://localhost/x', CREDENTIAL_KEYS: KEY }, 'DATABASE_URL'],
    ['short service keys', { SERVICE_KEYS: 'abc' }, 'SERVICE_KEYS'],
  ])('refuses %s', (_what, env, setting) => {
    expect(problemsOf(env).some((line) => line.startsWith(`${setting}:`))).toBe(true)
  })

  it('is described whole in .env.example', () => {
    const example = readFileSync(fileURLToPath(new URL('../../../../.env.example', import.meta.url)), 'utf8')
    const described = Array.from(example.matchAll(/^# ([A-Z][A-Z_]+)=/gmu), (match) => match[1] ?? '')
    expect(described.toSorted()).toEqual(Object.keys(ConfigSchema.shape).toSorted())
  })
})
