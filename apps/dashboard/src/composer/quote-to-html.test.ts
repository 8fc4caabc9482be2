import { describe, expect, it } from 'vitest'
import { quoteToHtml } from './quote-to-html.ts'

describe('quoteToHtml', () => {
  it('puts what is quoted into a block, and leaves older levels as they are', () => {
    expect(quoteToHtml('On Monday, Ada <ada@example.com> wrote:\n> First\n> line\n>\n>> older')).toBe(
      '<p>On Monday, Ada &lt;ada@example.com&gt; wrote:</p><blockquote><p>First<br>line</p><p>&gt; older</p></blockquote>',
    )
  })

  it('keeps a forward as it stands', () => {
    expect(quoteToHtml('---------- Forwarded message ----------\nFrom: Ada\n\nHello\n> there')).toBe(
      '<p>---------- Forwarded message ----------<br>From: Ada</p><p>Hello<br>&gt; there</p>',
    )
  })

  it('reads nothing as HTML', () => {
    expect(quoteToHtml('a <img src=x onerror=alert(1)> & b')).toBe('<p>a &lt;img src=x onerror=alert(1)&gt; &amp; b</p>')
  })
})
