// Tested in ../invoice.int.test.ts: a PDF is read as its customer gets it.

import PDFDocument from 'pdfkit'
import type { GoodsRow, InvoiceText } from './invoice.ts'

const MARGIN = 56
const LINE = 16
const SMALL = 9
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

/** Renders a document as A4 pages. Equal documents give equal bytes. */
export function invoicePdf(text: InvoiceText, madeAt: Date): Promise<Buffer> {
  const info = { Title: text.heading, Producer: 'Argyle', CreationDate: madeAt }
  const pdf = new PDFDocument({ size: 'A4', margin: MARGIN, info })
  const chunks: Buffer[] = []
  const done = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
    pdf.on('end', () => resolve(Buffer.concat(chunks)))
    pdf.on('error', reject)
  })
  head(pdf, text)
  if (text.goods.length > 0) goods(pdf, text.goods)
  sums(pdf, text.sums)
  if (hasUnknownCharacters(text)) note(pdf)
  pdf.end()
  return done
}

type Pdf = InstanceType<typeof PDFDocument>

function head(pdf: Pdf, { heading, facts, address }: InvoiceText): void {
  pdf.font('Helvetica-Bold').fontSize(20).text('Argyle').fontSize(14).moveDown().text(shown(heading))
  pdf
    .font('Helvetica')
    .fontSize(SMALL + 1)
    .moveDown()
  for (const [label, value] of facts) pdf.text(`${label}: ${shown(value)}`)
  pdf.moveDown()
  for (const line of address) pdf.text(shown(line))
  pdf.moveDown(2)
}

/** Writes texts that end at the right edges of their columns. Returns the height of the row. */
function row(pdf: Pdf, title: string, cells: readonly (readonly [text: string, end: number])[]): void {
  const { y } = pdf
  for (const [text, end] of cells)
    pdf.text(text, MARGIN + end - 70, y, { width: 70, align: 'right', lineBreak: false })
  pdf.text(shown(title), MARGIN, y, { width: TITLE_WIDTH })
  pdf.y = Math.max(pdf.y, y + LINE)
}

function goods(pdf: Pdf, rows: readonly GoodsRow[]): void {
  const bottom = pdf.page.height - MARGIN - 2 * LINE
  const header = () => {
    pdf.font('Helvetica-Bold').fontSize(SMALL)
    row(
      pdf,
      'Goods',
      COLUMNS.map(([title, , end]) => [title, end]),
    )
    pdf.font('Helvetica')
  }
  header()
  for (const goodsRow of rows) {
    if (pdf.y > bottom - LINE) {
      pdf.addPage()
      header()
    }
    row(
      pdf,
      goodsRow.title,
      COLUMNS.map(([, field, end]) => [goodsRow[field], end]),
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
    pdf.text(shown(label), MARGIN + 200, y, { width: 150, lineBreak: false })
    pdf.y = y + LINE
  }
}

/** Says what the question marks are, below everything else. */
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

const questionMarks = (text: string) => text.split('?').length

/** Whether the document has a question mark that stands for another character. */
export function hasUnknownCharacters({ facts, address, goods: rows }: InvoiceText): boolean {
  const texts = [...facts.map(([, value]) => value), ...address, ...rows.map(({ title }) => title)]
  return texts.some((text) => questionMarks(shown(text)) > questionMarks(text))
}

/**
 * Replaces characters outside the standard PDF fonts (Windows-1252) by similar letters, or by a question
 * mark.
 */
function shown(text: string): string {
  return text.replaceAll(
    /[^\u0020-\u007e\u00a0-\u00ff\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u20ac]/gu,
    (sign) => {
      const plain = sign.normalize('NFKD').replaceAll(/\p{M}/gu, '')
      return /^[\u0020-\u007e\u00a0-\u00ff]+$/u.test(plain) ? plain : '?'
    },
  )
}
