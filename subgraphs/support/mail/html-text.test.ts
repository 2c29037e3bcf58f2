import { expect, test } from 'vitest'
import { textOfHtml } from './html-text.ts'

test.each([
  ['<p>One</p><p>Two &amp; three</p>', 'One\n\nTwo & three'],
  ['a<br>b<br/>c', 'a\nb\nc'],
  ['<style>p{}</style><script>alert("<p>x</p>")</script>Text', 'Text'],
  ['<!-- a > b -->Text', 'Text'],
  ['a</script>b</style>c', 'abc'],
  ['a<BR>b<Script>c</SCRIPT>d', 'a\nbd'],
  ['a\r\n  b', 'a b'],
  ['a<p></p><p></p>b', 'a\n\nb'],
  ['a<!-- b', 'a'],
  ['gr&uuml;n &#8364; &#x20ac; &unknown; &#0;', 'grün € € &unknown;'],
  ['new<blockquote>old<div>older</div></blockquote>', 'new\n>old\n>older\n>'],
  ['a<blockquote>b<blockquote>c</blockquote>d</blockquote>e', 'a\n>b\n>>c\n>d\ne'],
  ['</blockquote>a<blockquote>b', 'a\n>b'],
  [`${'<blockquote>'.repeat(6)}a`, '>\n>>\n>>>\n>>>>\n>>>>>\n>>>>>a'],
  ['&#1114111;&#1114112;&#x110000;', '\u{10FFFF}'],
  ['1 &lt; 2', '1 < 2'],
  ['a < b', 'a'],
  ['<script>never closed', ''],
  ['', ''],
])('%s', (html, text) => {
  expect(textOfHtml(html)).toBe(text)
})

test('named characters are those of English and German texts; other names stay as they are', () => {
  const names =
    'amp lt gt quot apos euro hellip ndash mdash rsquo lsquo rdquo ldquo bdquo auml ouml uuml Auml Ouml Uuml szlig eacute'
  const text = textOfHtml(
    names
      .split(' ')
      .map((name) => `&${name};`)
      .join(' '),
  )
  expect(text).toBe(`& < > " ' € … – — ’ ‘ ” “ „ ä ö ü Ä Ö Ü ß é`)
  expect(textOfHtml('a&nbsp;b &valueOf; &toString;')).toBe('a b &valueOf; &toString;')
})

const BLOCKS = 'p div br tr li ul ol table h1 h2 h3 h4 h5 h6 hr section article header footer pre'.split(' ')
test.each(BLOCKS)('%s begins a line, and no other element does', (name) => {
  expect(textOfHtml(`a<${name}>b`)).toBe('a\nb')
  expect(textOfHtml(`a<x${name}>b<b>c</b>`)).toBe('abc')
})

test.each(['script', 'style', 'head', 'title', 'template', 'noscript'])('%s has no text', (name) => {
  expect(textOfHtml(`a<${name}>b<p>c</p></${name}>d`)).toBe('ad')
})

test('HTML costs time by its length, however it is built', () => {
  for (const part of ['<script', '<!--', '<blockquote>', '<', '&#', '<div ', '<p>'])
    expect(textOfHtml(part.repeat(500_000)).length).toBeLessThanOrEqual(3_000_000)
})
