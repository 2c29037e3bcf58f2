import { inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { invoicePdf } from './invoice-pdf.ts'

/** The bottom margin of a page, in points. */
const BOTTOM = 56
const row = { title: 'Merino Crew', quantity: '1', unit: '', discount: '', taxRate: '', total: '' }
const sums = ['Subtotal', 'Discount', 'Shipping', 'Tax', 'Total'].map((label) => [label, '1'] as const)
/** The drawn texts "Goods" and, in bold, "Total". pdfkit writes them in hexadecimal digits, some letters apart. */
const GOODS = /<476f6f6473>/g
const BOLD_TOTAL = /F2 9 Tf\n\[<54> \d+ <6f74616c>/g

/** The drawing instructions of each page of an invoice with so many rows, and with the note about question marks. */
async function pagesOf(rows: number): Promise<string[]> {
  const text = { heading: 'Invoice', facts: [], address: ['Ada 𓀀'], goods: Array(rows).fill(row), sums }
  const pdf = (await invoicePdf(text, new Date(0))).toString('latin1')
  return [...pdf.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)]
    .map(([, body = '']) => Buffer.from(body, 'latin1'))
    .flatMap((bytes) => (bytes[0] === 0x78 ? [inflateSync(bytes).toString('latin1')] : []))
    .filter((drawn) => drawn.includes(' Tm'))
}

test('the texts of an invoice are within its pages, each page of goods has a header, and the total is bold', async () => {
  const some = Array.from({ length: 13 }, (_, more) => 30 + more)
  for (const [rows, count] of [[1, 1], ...some.map((rows) => [rows, 2] as const), [80, 3]] as const) {
    const pages = await pagesOf(rows)
    // pdfkit continues a text that does not fit on a page of its own.
    expect([rows, pages.length]).toEqual([rows, count])
    const heights = pages.flatMap((page) => [...page.matchAll(/([\d.]+) Tm/g)].map(([, y]) => Number(y)))
    expect([rows, Math.min(...heights) > BOTTOM]).toEqual([rows, true])
    const headers = pages.map((page) => page.match(GOODS)?.length ?? 0)
    const isGoods = pages.map((page) => page.includes('<4d6572>'))
    expect([rows, headers]).toEqual([rows, isGoods.map((is) => (is ? 1 : 0))])
    const totals = pages.join('\n').match(BOLD_TOTAL) ?? []
    expect([rows, totals.length]).toEqual([rows, isGoods.filter(Boolean).length + 1])
  }
})
