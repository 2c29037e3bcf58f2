import { expect, test } from 'vitest'
import { textOfHtml } from './html-text.ts'

test.each([
  ['<p>One</p><p>Two &amp; three</p>', 'One\n\nTwo & three'],
  ['a<br>b<br/>c', 'a\nb\nc'],
  ['<style>p{}</style><script>alert("<p>x</p>")</script>Text', 'Text'],
  ['<!-- a > b -->Text', 'Text'],
  ['gr&uuml;n &#8364; &#x20ac; &unknown; &#0;', 'grün € € &unknown;'],
  ['new<blockquote>old<div>older</div></blockquote>', 'new\n>old\n>older\n>'],
  ['1 &lt; 2', '1 < 2'],
  ['a < b', 'a'],
  ['<script>never closed', ''],
  ['', ''],
])('%s', (html, text) => {
  expect(textOfHtml(html)).toBe(text)
})

test('HTML costs time by its length, however it is built', () => {
  for (const part of ['<script', '<!--', '<blockquote>', '<', '&#', '<div ', '<p>'])
    expect(textOfHtml(part.repeat(500_000)).length).toBeLessThanOrEqual(3_000_000)
})
