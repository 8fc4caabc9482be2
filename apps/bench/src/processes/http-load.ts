import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { runToEnd } from './running-process.ts'
import { inheritedEnv } from '../maildock/start-maildock.ts'

export interface HttpLoad {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly connections: number
  readonly seconds: number
}

export interface HttpLoadResult {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

interface AutocannonReport {
  readonly requests: { readonly average: number }
  readonly latency: { readonly p50: number; readonly p99: number }
  readonly errors: number
  readonly timeouts: number
  readonly non2xx: number
}

const AUTOCANNON = createRequire(import.meta.url).resolve('autocannon')

/** Asks one address over and over from a process of its own. @throws when a single answer was no success */
export async function runHttpLoad({ url, headers, connections, seconds }: HttpLoad): Promise<HttpLoadResult> {
  const headerArgs = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}=${value}`])
  const args = [AUTOCANNON, '--json', '-c', String(connections), '-d', String(seconds), ...headerArgs, url]
  const output = await runToEnd({ command: process.execPath, args, env: inheritedEnv(), cwd: tmpdir() })
  const report = JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)) as AutocannonReport
  const failed = report.errors + report.timeouts + report.non2xx
  if (failed > 0) throw new Error(`${failed} requests to ${url} failed.`)
  return { requestsPerSecond: report.requests.average, p50Ms: report.latency.p50, p99Ms: report.latency.p99 }
}
