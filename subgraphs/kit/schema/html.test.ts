import { expect, test } from 'vitest'
import { escapeHtml } from './html.ts'

test.each([
  ['<b title="x">', '&lt;b title=&quot;x&quot;&gt;'],
  ["'&amp;'", '&#39;&amp;amp;&#39;'],
  ['Füße 🧦', 'Füße 🧦'],
])('%s', (text, escaped) => {
  expect(escapeHtml(text)).toBe(escaped)
})
