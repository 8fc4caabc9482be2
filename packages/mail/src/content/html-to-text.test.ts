import { describe, expect, it } from 'vitest'
import { decodeHtmlEntities } from './html-entities.ts'
import { htmlToText } from './html-to-text.ts'

describe('htmlToText', () => {
  it.each([
    ['plain', 'plain'],
    ['<p>one</p><p>two</p>', 'one\n\ntwo'],
    ['one<br>two<br/>three', 'one\ntwo\nthree'],
    ['<b>bold</b> and <i>slanted</i>', 'bold and slanted'],
    ['<table><tr><td>a</td><td>b</td></tr></table>', 'a b'],
    ['a   \n  b', 'a b'],
    ['<style>p { color: red }</style>text', 'text'],
    ['<head><title>t</title></head><body>text</body>', 'text'],
    ['<script>alert(1)</script >text', 'text'],
    ['<!-- comment --><!doctype html>text', 'text'],
    ['a < b &lt; c &amp;amp; d', 'a < b < c &amp; d'],
    ['<p title="a>b">x</p>', 'b">x'],
    ['<div', ''],
    ['unclosed <style>text', 'unclosed text'],
    ['', ''],
  ])('%j is %j', (html, expected) => {
    expect(htmlToText(html)).toBe(expected)
  })
})

describe('decodeHtmlEntities', () => {
  it.each([
    ['&auml;&ouml;&uuml;&szlig;&Auml;', 'äöüßÄ'],
    ['&nbsp;&copy;&yuml;', '\u00A0©ÿ'],
    ['&#8364;&#x20AC;&euro;', '€€€'],
    ['&#128512;', '😀'],
    ['&#0;&#xD800;&#x110000;', '\uFFFD\uFFFD\uFFFD'],
    ['&amp', '&'],
    ['&unknown; & &', '&unknown; & &'],
  ])('%j is %j', (text, expected) => {
    expect(decodeHtmlEntities(text)).toBe(expected)
  })
})
