import { DEFAULT_PLANS, Plans } from '@maildock/core'
import { z } from 'zod'

/** A list as people write it in the environment: commas, spaces around them allowed, empty entries dropped. */
const commaList = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  )
  .pipe(z.array(z.string()).max(1000))

const wholeNumber = (min: number, max: number): z.ZodType<number> =>
  z.coerce
    .number(`must be a whole number from ${min} to ${max}`)
    .int(`must be a whole number from ${min} to ${max}`)
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`)

const portRange = z.string().transform((text, context): readonly [number, number] => {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/u.exec(text)
  const from = Number(match?.[1])
  const to = Number(match?.[2] ?? match?.[1])
  if (match === null || from < 1 || to > 65_535 || from > to) {
    context.addIssue({ code: 'custom', message: `"${text}" is neither a port nor a range like 1024-65535` })
    return z.NEVER
  }
  return [from, to]
})

const jsonPlans = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch (cause) {
      context.addIssue({ code: 'custom', message: `is not JSON: ${cause instanceof Error ? cause.message : 'unreadable'}` })
      return z.NEVER
    }
  })
  .pipe(Plans)

/** Every setting, as it stands in the environment. `.env.example` describes each of them; a test holds the two together. */
export const ConfigSchema = z
  .object({
    DATABASE_URL: z.url({ protocol: /^postgres(?:ql)?$/u, error: 'must be a postgresql:// address' }).optional(),
    HOST: z.string().min(1).default('127.0.0.1'),
    PORT: wholeNumber(0, 65_535).default(3000),
    PUBLIC_URL: z.url({ protocol: /^https?$/u, error: 'must be an http:// or https:// address' }).optional(),
    ALLOWED_ORIGINS: commaList.pipe(z.array(z.url({ error: 'must be origins like https://app.example.com' }))).default([]),
    TRUST_PROXY: wholeNumber(0, 10).default(0),
    DATA_DIR: z.string().min(1).default('.maildock'),
    CREDENTIAL_KEYS: z.string().optional(),
    SESSION_JWT_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
    SESSION_JWKS_URL: z.url({ protocol: /^https?$/u, error: 'must be an address' }).optional(),
    SESSION_ISSUER: z.string().min(1).optional(),
    SESSION_AUDIENCE: z.string().min(1).default('authenticated'),
    SIGN_UP: z.enum(['open', 'closed']).default('open'),
    SERVICE_KEYS: commaList.pipe(z.array(z.string().min(32, 'must have at least 32 characters each'))).default([]),
    DEFAULT_PLAN: z.string().default('enterprise'),
    PLANS: jsonPlans.default(DEFAULT_PLANS),
    MAIL_ALLOW_HOSTS: commaList.default([]),
    MAIL_ALLOW_PORTS: commaList.pipe(z.array(portRange)).default([]),
    MAIL_CA_FILE: z.string().optional(),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    WORK_PROCESSES: wholeNumber(1, 256).optional(),
    SYNC_CONCURRENCY: wholeNumber(1, 1000).default(8),
    WATCH_LIMIT: wholeNumber(0, 100_000).default(1000),
  })
  .superRefine((config, context) => {
    const problem = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    if (config.SESSION_JWT_SECRET !== undefined && config.SESSION_JWKS_URL !== undefined) {
      problem('SESSION_JWKS_URL', 'cannot be set together with SESSION_JWT_SECRET: tokens are verified in one way only')
    }
    if (config.SESSION_JWKS_URL !== undefined && config.SESSION_ISSUER === undefined) {
      problem('SESSION_ISSUER', 'is needed with SESSION_JWKS_URL')
    }
    if (config.DATABASE_URL !== undefined && config.CREDENTIAL_KEYS === undefined) {
      problem('CREDENTIAL_KEYS', 'is needed with DATABASE_URL: make one with `openssl rand -base64 32`, write it as id:key')
    }
    if (!Object.hasOwn(config.PLANS, config.DEFAULT_PLAN)) {
      problem('DEFAULT_PLAN', `"${config.DEFAULT_PLAN}" is not one of the plans: ${Object.keys(config.PLANS).join(', ')}`)
    }
  })

export type Config = z.infer<typeof ConfigSchema>
