import { describe, expect, it } from 'vitest'
import { finding } from '../finding.ts'
import { formatNumber, renderTable } from './print-table.ts'

describe('the table', () => {
  it('shows the row, the bounds and the verdict of what has a target, and notes below', () => {
    const table = renderTable([
      finding('ratio', '×', [0.6, 0.7, 0.65], { target: 'listToBareRoute', note: 'embedded sessions' }),
      finding('bare route', '/s', [4_400]),
    ])
    const [header, rule, ratio, bare, note] = table.split('\n')
    expect(header).toMatch(/^row +what +measured +spread +n +gate +goal +verdict$/u)
    expect(rule).toMatch(/^[- ]+$/u)
    expect(ratio).toMatch(/^15 +ratio +0\.650 × +± 8 % +3 +≥ 0\.5 +≥ 0\.8 +gate reached$/u)
    expect(bare).toMatch(/^ +bare route +4400 \/s +1$/u)
    expect(note).toBe('  ratio: embedded sessions')
  })

  it.each([
    [0, '0'],
    [0.1234, '0.123'],
    [1.234, '1.23'],
    [12.34, '12.3'],
    [1234.5, '1235'],
    [-2.5, '-2.50'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text)
  })
})
