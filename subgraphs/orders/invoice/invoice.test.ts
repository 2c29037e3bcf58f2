import { expect, test } from 'vitest'
import type { Order, OrderLine } from '../generated/prisma/client.ts'
import { invoiceText, type NumberedInvoice } from './invoice.ts'

// The texts depend on these columns alone.
const order = {
  number: 'A-7K2M-9QX3',
  placedAt: new Date('2026-11-20T23:59:59Z'),
  currency: 'EUR',
  ...{ shipRecipient: 'Ada Lund', shipLine1: '1 Mill Lane', shipLine2: 'Attic', shipPostalCode: '20095' },
  ...{ shipCity: 'Hamburg', shipRegion: 'HH', shipCountryCode: 'DE' },
  ...{ subtotalMinor: 3_000n, discountMinor: 250n, couponCode: 'WARM', shippingMinor: 490n },
  ...{ taxMinor: 120n, includedTaxMinor: 439n, totalMinor: 3_360n },
} as Order
const line = {
  ...{ title: 'Merino Crew, M', quantity: 2, unitMinor: 1_500n },
  ...{ discountMinor: 250n, taxPpm: 190_000, taxMinor: 120n },
} as OrderLine
const invoice = {
  ...{ kind: 'INVOICE', year: 2026, serial: 42, amountMinor: 3_360n },
  madeAt: new Date('2026-11-21T00:00:00Z'),
} as NumberedInvoice

const facts = [
  ['Date', '2026-11-21'],
  ['Order', 'A-7K2M-9QX3 of 2026-11-20'],
]

test('an invoice has the lines of its order, and each sum that is not zero', () => {
  expect(invoiceText({ invoice, order, lines: [line] })).toEqual({
    heading: 'Invoice 2026-000042',
    facts,
    address: ['Ada Lund', '1 Mill Lane', 'Attic', '20095 Hamburg HH', 'DE'],
    goods: [
      {
        ...{ title: 'Merino Crew, M', quantity: '2', unit: '15.00 EUR', discount: '-2.50 EUR' },
        ...{ taxRate: '19 %', total: '28.70 EUR' },
      },
    ],
    sums: [
      ['Goods', '30.00 EUR'],
      ['Discount WARM', '-2.50 EUR'],
      ['Shipping', '4.90 EUR'],
      ['Tax', '1.20 EUR'],
      ['Total', '33.60 EUR'],
      ['Included tax', '4.39 EUR'],
    ],
  })
})

test('an invoice without discount and tax has no rows for them, and a place without a region none for it', () => {
  // Shipping has a row also where it is free.
  const free = { discountMinor: 0n, taxMinor: 0n, includedTaxMinor: 0n, shippingMinor: 0n }
  const none = { ...free, shipRegion: null, shipLine2: null }
  const text = invoiceText({ invoice, order: { ...order, ...none }, lines: [{ ...line, discountMinor: 0n }] })
  expect(text.sums.map(([label]) => label)).toEqual(['Goods', 'Shipping', 'Total'])
  expect(text.goods).toMatchObject([{ discount: '' }])
  expect(text.address).toEqual(['Ada Lund', '1 Mill Lane', '20095 Hamburg', 'DE'])
})

test('a credit note names its order and its amount, and has no goods', () => {
  const creditNote = { ...invoice, kind: 'CREDIT_NOTE', amountMinor: 300n } as const
  expect(invoiceText({ invoice: creditNote, order, lines: [line] })).toMatchObject({
    heading: 'Credit note 2026-000042',
    facts,
    goods: [],
    sums: [['Credited', '3.00 EUR']],
  })
})
