import type { Finding } from '../finding.ts'
import { TARGETS } from '../targets.ts'
import type { Machine } from './machine.ts'

export interface BenchmarkFindings {
  readonly name: string
  readonly findings: readonly Finding[]
}

/** The findings for machines: the same as the table, with every sample and the bounds spelled out. */
export function toJsonReport(machine: Machine, benchmarks: readonly BenchmarkFindings[]): string {
  const report = {
    machine,
    benchmarks: benchmarks.map(({ name, findings }) => ({
      name,
      findings: findings.map(({ target, ...found }) => ({ ...found, target: target === null ? null : TARGETS[target] })),
    })),
  }
  return `${JSON.stringify(report, null, 2)}\n`
}
