import { newId } from '@argyle/kit/ids'
import { expect, test } from 'vitest'
import { invoicePath, LINK_MINUTES, linkedInvoice } from './invoice-link.ts'

const key = Buffer.from('a key of the shop')
const id = newId('inv')
const now = new Date('2026-11-21T09:00:00.999Z')
/** The link expires at a whole second. */
const END_MS = Date.parse('2026-11-21T09:00:00Z') + LINK_MINUTES * 60_000

/** The parts of a link, as its route receives them. */
function partsOf(path: string) {
  const url = new URL(path, 'http://localhost')
  const [until, signature] = ['until', 'signature'].map((name) => url.searchParams.get(name) ?? '')
  return { file: url.pathname.replace('/invoices/', ''), until: until ?? '', signature: signature ?? '' }
}
const link = partsOf(invoicePath(key, id, now))

test('a link names its invoice for 15 minutes', () => {
  expect(LINK_MINUTES).toBe(15)
  expect(linkedInvoice(key, link, now)).toBe(id)
  expect(linkedInvoice(key, link, new Date(END_MS - 1))).toBe(id)
  expect(linkedInvoice(key, link, new Date(END_MS))).toBeNull()
})

test.each([
  ['another invoice', { file: `${newId('inv')}.pdf` }],
  ['another kind of file', { file: id }],
  ['another kind of id', { file: `${newId('ord')}.pdf` }],
  ['a later end', { until: String(Number(link.until) + 1) }],
  ['an end that is no number', { until: '1e9' }],
  ['an end beyond all dates', { until: '9'.repeat(13) }],
  ['no end', { until: '' }],
  [
    'another signature',
    { signature: `${link.signature.slice(0, -1)}${link.signature.endsWith('A') ? 'B' : 'A'}` },
  ],
  ['half a signature', { signature: link.signature.slice(0, 20) }],
  ['no signature', { signature: '' }],
])('a link with %s names none', (_, change) => {
  expect(linkedInvoice(key, { ...link, ...change }, now)).toBeNull()
})

test('a link of another key names none', () => {
  expect(linkedInvoice(Buffer.from('another key'), link, now)).toBeNull()
})
