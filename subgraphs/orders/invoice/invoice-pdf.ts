import { setImmediate as turn } from 'node:timers/promises'
import PDFDocument from 'pdfkit'
import { type Typesetter, typesetterFor } from './fonts.ts'
import type { GoodsRow, InvoiceText } from './invoice.ts'

const MARGIN = 56
const LINE = 16
const SMALL = 9
/** Ascent of Helvetica, as a part of the font's size. */
const ASCENT = 0.718
/** Right edges of the table's columns, in points from the left margin. The title has the remaining width. */
const COLUMNS: readonly (readonly [title: string, field: keyof GoodsRow, end: number])[] = [
  ['Units', 'quantity', 250],
  ['Unit price', 'unit', 320],
  ['Discount', 'discount', 385],
  ['Tax', 'taxRate', 425],
  ['Total', 'total', 483],
]
const WIDTH = 483
const TITLE_WIDTH = 205

/**
 * Renders a document as A4 pages. Equal documents give equal bytes. Other work can run after each row, which
 * takes 1 to 2 ms in several scripts.
 */
export async function invoicePdf(text: InvoiceText, madeAt: Date): Promise<Buffer> {
  const texts = textsOf(text)
  const type = await typesetterFor(texts, text.address.at(-1) === 'JP')
  const info = { Title: text.heading, Producer: 'Argyle', CreationDate: madeAt }
  const pdf = new PDFDocument({ size: 'A4', margin: MARGIN, info })
  const chunks: Buffer[] = []
  const done = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
    pdf.on('end', () => resolve(Buffer.concat(chunks)))
    pdf.on('error', reject)
  })
  for (const [name, bytes] of type.fonts) pdf.registerFont(name, bytes)
  head(pdf, text, type)
  if (text.goods.length > 0) await goods(pdf, text.goods, type)
  sums(pdf, text.sums)
  if (!texts.every(type.isComplete)) note(pdf)
  await turn()
  pdf.end()
  return done
}

type Pdf = InstanceType<typeof PDFDocument>
type Place = { readonly x: number; readonly y: number; readonly width: number }

/** The texts that people have written. */
function textsOf({ facts, address, goods: rows, sums: all }: InvoiceText): string[] {
  return [
    ...facts.map(([, value]) => value),
    ...address,
    ...rows.map(({ title }) => title),
    ...all.map(([label]) => label),
  ]
}

/** Writes a text in the fonts that its characters need, all on one baseline. */
function write(pdf: Pdf, { type, size }: { type: Typesetter; size: number }, text: string, at?: Place): void {
  const runs = type.runsOf(text)
  for (const [index, { font, text: part }] of runs.entries()) {
    // With features, words are laid out together, which Arabic needs: they run from right to left.
    const features: PDFKit.Mixins.OpenTypeFeatures[] = font === 'noto-sans-arabic' ? ['kern'] : []
    const line = { continued: index < runs.length - 1, baseline: -ASCENT * size }
    const options = { ...line, ...(features.length > 0 && { features }) }
    pdf.font(font ?? 'Helvetica')
    if (at && index === 0) pdf.text(part, at.x, at.y, { ...options, width: at.width })
    else pdf.text(part, options)
  }
  pdf.font('Helvetica')
}

function head(pdf: Pdf, { heading, facts, address }: InvoiceText, type: Typesetter): void {
  pdf.font('Helvetica-Bold').fontSize(20).text('Argyle').fontSize(14).moveDown().text(heading)
  const as = { type, size: SMALL + 1 }
  pdf.font('Helvetica').fontSize(as.size).moveDown()
  for (const [label, value] of facts) write(pdf, as, `${label}: ${value}`)
  pdf.moveDown()
  for (const line of address) write(pdf, as, line)
  pdf.moveDown(2)
}

/** Writes texts that end at the right edges of their columns. Returns the height of the row. */
function row(
  pdf: Pdf,
  cells: readonly (readonly [text: string, end: number])[],
  title: (at: Place) => void,
): void {
  const { y } = pdf
  for (const [text, end] of cells)
    pdf.text(text, MARGIN + end - 70, y, { width: 70, align: 'right', lineBreak: false })
  title({ x: MARGIN, y, width: TITLE_WIDTH })
  pdf.y = Math.max(pdf.y, y + LINE)
}

async function goods(pdf: Pdf, rows: readonly GoodsRow[], type: Typesetter): Promise<void> {
  const bottom = pdf.page.height - MARGIN - 2 * LINE
  const header = () => {
    pdf.font('Helvetica-Bold').fontSize(SMALL)
    row(
      pdf,
      COLUMNS.map(([title, , end]) => [title, end]),
      ({ x, y, width }) => pdf.text('Goods', x, y, { width }),
    )
    pdf.font('Helvetica')
  }
  header()
  for (const goodsRow of rows) {
    await turn()
    if (pdf.y > bottom - LINE) {
      pdf.addPage()
      header()
    }
    row(
      pdf,
      COLUMNS.map(([, field, end]) => [goodsRow[field], end]),
      (at) => write(pdf, { type, size: SMALL }, goodsRow.title, at),
    )
  }
  pdf.moveDown()
}

function sums(pdf: Pdf, all: InvoiceText['sums']): void {
  if (pdf.y > pdf.page.height - MARGIN - (all.length + 1) * LINE) pdf.addPage()
  for (const [label, value] of all) {
    const { y } = pdf
    pdf.font(label === 'Total' || label === 'Credited' ? 'Helvetica-Bold' : 'Helvetica').fontSize(SMALL)
    pdf.text(value, MARGIN + WIDTH - 120, y, { width: 120, align: 'right', lineBreak: false })
    pdf.text(label, MARGIN + 200, y, { width: 150, lineBreak: false })
    pdf.y = y + LINE
  }
}

/** Writes a note about the question marks below everything else. */
function note(pdf: Pdf): void {
  if (pdf.y > pdf.page.height - MARGIN - 2 * LINE) pdf.addPage()
  pdf
    .font('Helvetica')
    .fontSize(SMALL)
    .moveDown()
    .text(
      'A question mark stands for a character that this document cannot show. The order has it in full.',
      MARGIN,
    )
}
