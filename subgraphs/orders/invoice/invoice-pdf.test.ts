import { inflateSync } from 'node:zlib'
import PDFDocument from 'pdfkit'
import { expect, test } from 'vitest'
import type { InvoiceText } from './invoice.ts'
import { invoicePdf } from './invoice-pdf.ts'

/** The bottom margin of a page, in points. */
const BOTTOM = 56
const row = { title: 'Merino Crew', quantity: '1', unit: '', discount: '', taxRate: '', total: '' }
const sums = ['Subtotal', 'Discount', 'Shipping', 'Tax', 'Total'].map((label) => [label, '1'] as const)
/** The drawn texts "Goods" and, in bold, "Total". pdfkit writes them in hexadecimal digits, some letters apart. */
const GOODS = /<476f6f6473>/g
const BOLD_TOTAL = /F2 9 Tf\n\[<54> \d+ <6f74616c>/g

/** The drawing instructions of each page of an invoice. */
async function pagesOf(text: InvoiceText): Promise<string[]> {
  const pdf = (await invoicePdf(text, new Date(0))).toString('latin1')
  return [...pdf.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)]
    .map(([, body = '']) => Buffer.from(body, 'latin1'))
    .flatMap((bytes) => (bytes[0] === 0x78 ? [inflateSync(bytes).toString('latin1')] : []))
    .filter((drawn) => drawn.includes(' Tm'))
}

test('the texts of an invoice are within its pages, each page of goods has a header, and the total is bold', async () => {
  const some = Array.from({ length: 13 }, (_, more) => 30 + more)
  for (const [rows, count] of [[1, 1], ...some.map((rows) => [rows, 2] as const), [80, 3]] as const) {
    // With the note about question marks.
    const goods = Array(rows).fill(row)
    const pages = await pagesOf({ heading: 'Invoice', facts: [], address: ['Ada 𓀀'], goods, sums })
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

const widths = new PDFDocument()

/** The texts of a page in the standard fonts, with their edges and baselines in points. */
function textsOn(page: string) {
  const drawn = page.matchAll(/1 ([\d.]+) ([\d.]+) Tm\n\/(F\d) (\d+) Tf\n\[(.*)\] TJ/g)
  return [...drawn].map(([, left, y, font, size, parts = '']) => {
    const digits = [...parts.matchAll(/<(\w+)>/g)].map(([, hex]) => hex).join('')
    const text = Buffer.from(digits, 'hex').toString('latin1')
    const isBold = font === 'F2'
    widths.font(isBold ? 'Helvetica-Bold' : 'Helvetica').fontSize(Number(size))
    const right = Math.round(Number(left) + widths.widthOfString(text))
    return { text, left: Number(left), right, y: Number(y), isBold, size: Number(size) }
  })
}

test('amounts end at the right edges of their columns, and titles and labels begin at the left', async () => {
  const amounts = { quantity: '3', unit: '12.99', discount: '-4.33', taxRate: '25 %', total: '34.64' }
  const goods = [{ title: 'Crew', ...amounts }]
  const all = [['Goods', '38.97'] as const, ['Total', '43.30'] as const]
  const [page = ''] = await pagesOf({ heading: 'Invoice 7', facts: [], address: [], goods, sums: all })
  const texts = textsOn(page)
  const lines = [...Map.groupBy(texts, ({ y }) => y).values()]
  const right = (line: typeof texts = []) => line.map((one) => [one.text, one.right])
  const left = (line: typeof texts = []) => line.map((one) => [one.text, one.left])
  const [brand, heading, header, crew, sum, total] = lines
  expect([left(brand), left(heading)]).toEqual([[['Argyle', 56]], [['Invoice 7', 56]]])
  const ends = [306, 376, 441, 481, 539]
  const titles = ['Units', 'Unit price', 'Discount', 'Tax', 'Total']
  expect(right(header?.slice(0, -1))).toEqual(titles.map((title, at) => [title, ends[at]]))
  expect(right(crew?.slice(0, -1))).toEqual(Object.values(amounts).map((text, at) => [text, ends[at]]))
  expect(left([header, crew].flatMap((line) => line?.at(-1) ?? []))).toEqual([
    ['Goods', 56],
    ['Crew', 56],
  ])
  expect([right(sum?.slice(0, 1)), left(sum?.slice(1))]).toEqual([[['38.97', 539]], [['Goods', 256]]])
  expect([right(total?.slice(0, 1)), left(total?.slice(1))]).toEqual([[['43.30', 539]], [['Total', 256]]])
  const bold = texts.flatMap(({ text, isBold }) => (isBold ? [text] : []))
  expect(bold).toEqual(['Argyle', 'Invoice 7', ...titles, 'Goods', '43.30', 'Total'])
})

test('the parts of a text in several fonts are on one line, one after the other', async () => {
  const text = { heading: 'Invoice', facts: [['Order', 'A 羊毛 B'] as const], address: ['Ada'], goods: [] }
  const [page = ''] = await pagesOf({ ...text, sums: [] })
  const [, , order, wool, rest, ada] = textsOn(page)
  expect([order?.text, rest?.text, ada?.text]).toEqual(['Order: A ', 'B', 'Ada'])
  expect([wool?.y, rest?.y]).toEqual([order?.y, order?.y])
  expect(order?.right).toBe(Math.round(wool?.left ?? 0))
  expect(rest?.left).toBeGreaterThan((wool?.left ?? 0) + 20)
  expect(ada?.left).toBe(order?.left)
})

test('each fact and each line of the address has a line of its own', async () => {
  const facts = [['Date', '2026-11-21'] as const, ['Order', 'A-7K2M-9QX3'] as const]
  const address = ['Ada Lund', '1 Mill Lane', '5003 Bergen', 'NO']
  const [page = ''] = await pagesOf({ heading: 'Invoice 7', facts, address, goods: [], sums: [] })
  const [, , ...lines] = textsOn(page)
  expect(lines.map(({ text, left }) => [text, left])).toEqual(
    ['Date: 2026-11-21', 'Order: A-7K2M-9QX3', ...address].map((text) => [text, 56]),
  )
  expect(new Set(lines.map(({ y }) => y)).size).toBe(lines.length)
})

test('a document names itself, its shop and its time to readers of its properties', async () => {
  const text = { heading: 'Credit note 2026-000042', facts: [], address: [], goods: [], sums: [] }
  const pdf = (await invoicePdf(text, new Date('2026-11-21T09:00:00Z'))).toString('latin1')
  // Each property is an object of its own.
  const propertyOf = (name: string) => {
    const [, number] = new RegExp(`/${name} (\\d+) 0 R`).exec(pdf) ?? []
    return new RegExp(`\\n${number} 0 obj\\n\\((.*)\\)`).exec(pdf)?.[1]
  }
  expect(['Title', 'Producer', 'CreationDate'].map(propertyOf)).toEqual([
    'Credit note 2026-000042',
    'Argyle',
    'D:20261121090000Z',
  ])
})
