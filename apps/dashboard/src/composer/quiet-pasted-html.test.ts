import { describe, expect, it } from 'vitest'
import { quietPastedHtml } from './quiet-pasted-html.ts'

describe('quietPastedHtml', () => {
  it.each([
    ['<p style="color:red" onclick=\'go(">")\' class=x>Hi</p>', '<p>Hi</p>'],
    ['<a title="a > b" href="https://example.com/?a=1&b=2">x</a>', '<a href="https://example.com/?a=1&b=2">x</a>'],
    ['<ol start=3 style="x"><li>c</ol>', '<ol start=3><li>c</ol>'],
    ['<p data-pm-slice="1 1 []" style="">x</p>', '<p data-pm-slice="1 1 []">x</p>'],
    ['<style>p{color:red}</style><!-- <b --><SCRIPT>go()</SCRIPT><p>x', '<p>x'],
    ['<b style="font-weight:normal" id="all"><p>x</p></b>', '<span><p>x</p></b>'],
    ['<b style="font-weight:bold">x</b>', '<b>x</b>'],
    ['1 < 2 and "3 > 2"', '1 < 2 and "3 > 2"'],
  ])('%j becomes %j', (html, quiet) => {
    expect(quietPastedHtml(html)).toBe(quiet)
  })

  it('is done with hostile text soon', () => {
    expect(quietPastedHtml('<a "'.repeat(50_000))).toHaveLength(200_000)
  })
})
