import { formatMoney, money } from '@argyle/kit/money'
import type { Invoice, Order, OrderLine } from '../generated/prisma/client.ts'
import { percentOfPpm } from '../tax/percent.ts'

/** A document with its number. */
export type NumberedInvoice = Invoice & { readonly year: number; readonly serial: number }

/** A document with the currency of its order. */
export type ShownInvoice = {
  readonly invoice: NumberedInvoice
  readonly currency: Order['currency']
}

/** Type guard for documents that are numbered. */
export function isNumbered(invoice: Invoice): invoice is NumberedInvoice {
  return invoice.year !== null && invoice.serial !== null
}

/** The public number: consecutive without gaps within a year, e.g. `2026-000042`. */
export function invoiceNumber({ year, serial }: Pick<NumberedInvoice, 'year' | 'serial'>): string {
  return `${year}-${String(serial).padStart(6, '0')}`
}

/** A row of the table of lines, as text. */
export type GoodsRow = {
  readonly title: string
  readonly quantity: string
  readonly unit: string
  readonly discount: string
  readonly taxRate: string
  readonly total: string
}

/** The contents of a document, as text. */
export type InvoiceText = {
  readonly heading: string
  readonly facts: readonly (readonly [label: string, value: string])[]
  readonly address: readonly string[]
  readonly goods: readonly GoodsRow[]
  readonly sums: readonly (readonly [label: string, value: string])[]
}

type Parts = {
  readonly invoice: NumberedInvoice
  readonly order: Order
  readonly lines: readonly OrderLine[]
}

/** The contents of an invoice or credit note. A credit note refers to its order and has a single amount. */
export function invoiceText({ invoice, order, lines }: Parts): InvoiceText {
  const { currency } = order
  const amount = (minor: bigint) => Object.values(formatMoney(money(minor, currency))).join(' ')
  const isInvoice = invoice.kind === 'INVOICE'
  const date = invoice.madeAt.toISOString().slice(0, 10)
  const heading = `${isInvoice ? 'Invoice' : 'Credit note'} ${invoiceNumber(invoice)}`
  const facts = [['Date', date] as const, ['Order', `${order.number} of ${dayOf(order.placedAt)}`] as const]
  const address = addressLines(order)
  if (!isInvoice) {
    const sums = [['Credited', amount(invoice.amountMinor)] as const]
    return { heading, facts, address, goods: [], sums }
  }
  return {
    heading,
    facts,
    address,
    goods: lines.map((line) => goodsRow(line, amount)),
    sums: sumsOf(order, amount),
  }
}

const dayOf = (at: Date) => at.toISOString().slice(0, 10)

function addressLines(order: Order): string[] {
  const { shipRecipient, shipLine1, shipLine2, shipPostalCode, shipCity, shipRegion, shipCountryCode } = order
  const place = [shipPostalCode, shipCity, shipRegion].filter((part) => part !== null).join(' ')
  return [shipRecipient, shipLine1, shipLine2, place, shipCountryCode].filter((line) => line !== null)
}

function goodsRow(line: OrderLine, amount: (minor: bigint) => string): GoodsRow {
  const { title, quantity, unitMinor, discountMinor, taxPpm, taxMinor } = line
  return {
    title,
    quantity: String(quantity),
    unit: amount(unitMinor),
    discount: discountMinor > 0n ? amount(-discountMinor) : '',
    taxRate: `${percentOfPpm(taxPpm)} %`,
    total: amount(unitMinor * BigInt(quantity) - discountMinor + taxMinor),
  }
}

function sumsOf(order: Order, amount: (minor: bigint) => string): [string, string][] {
  const { subtotalMinor, discountMinor, couponCode, shippingMinor, taxMinor, includedTaxMinor, totalMinor } =
    order
  return [
    ['Goods', amount(subtotalMinor)],
    ...(discountMinor > 0n ? [[`Discount ${couponCode}`, amount(-discountMinor)] as [string, string]] : []),
    ['Shipping', amount(shippingMinor)],
    ...(taxMinor > 0n ? [['Tax', amount(taxMinor)] as [string, string]] : []),
    ['Total', amount(totalMinor)],
    ...(includedTaxMinor > 0n ? [['Included tax', amount(includedTaxMinor)] as [string, string]] : []),
  ]
}

/** A document required by a change of an order's captured or refunded amount. */
export type NewDocument = {
  readonly kind: Invoice['kind']
  readonly reason: string
  readonly amountMinor: bigint
}

type Paid = { readonly capturedMinor: bigint; readonly creditedMinor: bigint }

/**
 * An invoice for the captured amount, and a credit note for each increase of the credited amount. A refund that fails afterwards is still
 * owed, so that its credit note stays, and the refund that replaces it has none.
 */
export function documentsOf(before: Paid, after: Paid): NewDocument[] {
  const captured = after.capturedMinor - before.capturedMinor
  const credited = after.creditedMinor - before.creditedMinor
  return [
    ...(captured > 0n ? [{ kind: 'INVOICE', reason: 'captured', amountMinor: captured } as const] : []),
    ...(credited > 0n
      ? [{ kind: 'CREDIT_NOTE', reason: `refunded ${after.creditedMinor}`, amountMinor: credited } as const]
      : []),
  ]
}
