import type { Finding } from '../finding.ts'
import { TARGETS, type Bound } from '../targets.ts'

const HEADER = ['row', 'what', 'measured', 'spread', 'n', 'gate', 'goal', 'verdict'] as const
const VERDICTS = { goal: 'goal reached', gate: 'gate reached', missed: 'MISSED' } as const

/** The findings of a benchmark as a table for people, with notes below. */
export function renderTable(findings: readonly Finding[]): string {
  const rows = [HEADER, ...findings.map(toCells)]
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const notes = findings.flatMap(({ what, note }) => (note === null ? [] : [`  ${what}: ${note}`]))
  return [lines[0], widths.map((width) => '-'.repeat(width)).join('  '), ...lines.slice(1), ...notes].join('\n')
}

function toCells({ what, unit, median, spread, samples, target, verdict }: Finding): readonly string[] {
  const bounds = target === null ? null : TARGETS[target]
  return [
    bounds?.row ?? '',
    what,
    `${formatNumber(median)} ${unit}`,
    samples.length > 1 ? `± ${Math.round(spread * 100)} %` : '',
    String(samples.length),
    bounds === null ? '' : formatBound(bounds.gate),
    bounds === null ? '' : formatBound(bounds.goal),
    verdict === null ? '' : VERDICTS[verdict],
  ]
}

function formatBound({ kind, value }: Bound): string {
  return `${kind === 'at_least' ? '≥' : '≤'} ${value}`
}

/** Three significant digits are more than the noise of the machine deserves. */
export function formatNumber(value: number): string {
  if (value === 0) return '0'
  const magnitude = Math.abs(value)
  if (magnitude >= 100) return value.toFixed(0)
  if (magnitude >= 10) return value.toFixed(1)
  return value.toFixed(magnitude >= 1 ? 2 : 3)
}
