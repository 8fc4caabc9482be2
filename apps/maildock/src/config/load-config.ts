import { existsSync } from 'node:fs'
import { loadEnvFile } from 'node:process'
import { type Config, ConfigSchema } from './config-schema.ts'
import { StartupProblem } from '../startup-problem.ts'

/**
 * Reads the environment, and `.env` of the working folder below it. An empty value counts as absent.
 * @throws StartupProblem with one line for each setting that is wrong, all at once. Values are never repeated in it.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  if (env === process.env && existsSync('.env')) loadEnvFile('.env')
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const result = ConfigSchema.safeParse(given)
  if (result.success) return result.data
  const lines = result.error.issues.map((issue) => `${issue.path[0] === undefined ? '' : `${String(issue.path[0])}: `}${issue.message}`)
  throw new StartupProblem(`The configuration has ${lines.length === 1 ? 'a problem' : `${lines.length} problems`}:`, lines)
}
