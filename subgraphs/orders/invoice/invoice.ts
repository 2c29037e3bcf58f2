import { formatMoney, money } from '@argyle/kit/money'
import type { Invoice, Order, OrderLine } from '../generated/prisma/client.ts'
import { percentOfPpm } from '../tax/percent.ts'

/** An invoice that has its number. */
export type NumberedInvoice = Invoice & { readonly year: number; readonly serial: number }

/** An invoice with the currency of its order. */
export type ShownInvoice = {
  readonly invoice: NumberedInvoice
  readonly currency: Order['currency']
}

/** Whether an invoice has its number by now. */
export function isNumbered(invoice: Invoice): invoice is NumberedInvoice {
  return invoice.year !== null && invoice.serial !== null
}

/** The number for people: of a year one after the other, without gaps, e.g. `2026-000042`. */
export function invoiceNumber({ year, serial }: Pick<NumberedInvoice, 'year' | 'serial'>): string {
  return `${year}-${String(serial).padStart(6, '0')}`
}

/** A row of the table of goods, as text. */
export type GoodsRow = {
  readonly title: string
  readonly quantity: string
  readonly unit: string
  readonly discount: string
  readonly taxRate: string
  readonly total: string
}

/** Everything that a document says, as text. */
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

/** What an invoice, or a credit note, says. A credit note refers to its order, and credits one amount. */
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
    ...(includedTaxMinor > 0n ? [['Tax in it', amount(includedTaxMinor)] as [string, string]] : []),
  ]
}

/** A document that a change of an order's money calls for. */
export type NewDocument = {
  readonly kind: Invoice['kind']
  readonly reason: string
  readonly amountMinor: bigint
}

type Paid = { readonly capturedMinor: bigint; readonly refundedMinor: bigint }

/** An invoice for what was captured, and a credit note for each rise of what was paid back; together they come to what was kept. */
export function documentsOf(before: Paid, after: Paid): NewDocument[] {
  const captured = after.capturedMinor - before.capturedMinor
  const refunded = after.refundedMinor - before.refundedMinor
  return [
    ...(captured > 0n ? [{ kind: 'INVOICE', reason: 'captured', amountMinor: captured } as const] : []),
    ...(refunded > 0n
      ? [{ kind: 'CREDIT_NOTE', reason: `refunded ${after.refundedMinor}`, amountMinor: refunded } as const]
      : []),
  ]
}
