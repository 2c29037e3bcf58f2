import { inflateSync } from 'node:zlib'
import { newId } from '@argyle/kit/ids'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { typesetterFor } from './invoice/fonts.ts'
import { documentsOf, invoiceText } from './invoice/invoice.ts'
import { invoicePath, LINK_MINUTES, linkedInvoice } from './invoice/invoice-link.ts'
import { invoicePdf } from './invoice/invoice-pdf.ts'
import { NUMBERING_BATCH } from './invoice/invoice-store.ts'
import { secretKeys } from './secret-keys.ts'
import { openOrders, type Shop, type TestBuyer } from './testing/open-orders.ts'

let shop: Shop
let now = new Date('2026-12-31T22:00:00Z')
beforeAll(async () => {
  shop = await openOrders({ clock: () => now })
})
afterAll(() => shop.close())

async function paid(buyer: TestBuyer): Promise<string> {
  const { id } = await shop.order(buyer)
  await shop.answer('reserved', id)
  await shop.answer('committed', id)
  return id
}

const INVOICES = `query ($id: ID!) { order(id: $id) {
  invoices { id number kind issuedAt amount { amount currencyCode } url } } }`

async function invoicesOf(id: string, { viewer }: TestBuyer) {
  const { data, errors } = await shop.execute(INVOICES, { id }, viewer)
  expect(errors).toEqual([])
  return data.order?.invoices
}

const usd = (amountMinor: string) => ({ amountMinor, currencyCode: 'USD' })

test('a captured order has an invoice, each refund a credit note, numbered one after the other', async () => {
  const buyer = await shop.addBuyer()
  const id = await paid(buyer)
  expect(await invoicesOf(id, buyer)).toEqual([])
  const made = await shop.prisma.invoice.findFirstOrThrow({ where: { orderId: id } })
  expect(await shop.own.invoices.find(made.id)).toBeNull()
  await shop.runTimer('number-invoices')
  const refund = { refundId: 'rfk_1', amount: usd('300'), refundedTotal: usd('300') }
  await shop.deliver('payments.payment.refunded', { orderId: id, ...refund }, { subject: id })
  await shop.deliver('payments.payment.refunded', { orderId: id, ...refund }, { subject: id })
  await shop.runTimer('number-invoices')
  const rows = await shop.prisma.invoice.findMany({ where: { orderId: id }, orderBy: { serial: 'asc' } })
  const shown = [
    { number: '2026-000001', kind: 'INVOICE', amount: { amount: '12.99', currencyCode: 'USD' } },
    { number: '2026-000002', kind: 'CREDIT_NOTE', amount: { amount: '3.00', currencyCode: 'USD' } },
  ]
  expect(await invoicesOf(id, buyer)).toEqual(
    shown.map((invoice, at) => {
      const url = expect.stringContaining(`/invoices/${rows[at]?.id}.pdf?until=`)
      return { ...invoice, id: rows[at]?.id, issuedAt: now.toISOString(), url }
    }),
  )
  expect(await invoicesOf(id, await shop.addBuyer())).toBeUndefined()
})

/** Delivers the messages about refunds of an order and their reversals. */
const deliveryFor =
  (id: string) => (type: string, refundId: string, amount: string, refunded: string, reversed: string) =>
    shop.deliver(
      `payments.${type}`,
      {
        ...{ orderId: id, refundId, amount: usd(amount), code: 'account_closed', message: 'It is closed.' },
        ...{ refundedTotal: usd(refunded), reversedTotal: usd(reversed) },
      },
      { subject: id },
    )

/** The credit notes of an order, numbered. */
async function creditNotesOf(id: string, buyer: TestBuyer) {
  await shop.runTimer('number-invoices')
  return (await invoicesOf(id, buyer)).filter(({ kind }: { kind: string }) => kind === 'CREDIT_NOTE')
}

test('a refund in place of one that failed afterwards has no second credit note, but for what is more', async () => {
  const buyer = await shop.addBuyer()
  const id = await paid(buyer)
  const deliver = deliveryFor(id)
  await deliver('payment.refunded', 'rfk_1', '300', '300', '0')
  await deliver('refund.reversed', 'rfk_1', '300', '0', '300')
  await deliver('payment.refunded', 'rfk_2', '200', '200', '300')
  await deliver('payment.refunded', 'rfk_3', '250', '450', '300')
  expect(await creditNotesOf(id, buyer)).toMatchObject([
    { amount: { amount: '3.00' } },
    { amount: { amount: '1.50' } },
  ])
  const { data } = await shop.execute(
    `{ order(id: "${id}") { refundedTotal { amount } history { steps { text } } } }`,
    {},
    buyer.viewer,
  )
  expect(data.order.refundedTotal.amount).toBe('4.50')
  expect(JSON.stringify(data.order.history)).toContain(
    'Refund rfk_1 of 3.00 USD failed after it had succeeded',
  )
})

test('the documents of an order are listed by the times at which they were made, whatever their ids', async () => {
  const buyer = await shop.addBuyer()
  const id = await paid(buyer)
  await deliveryFor(id)('payment.refunded', 'rfk_1', '300', '300', '0')
  await shop.runTimer('number-invoices')
  const madeAt = new Date(now.getTime() + 1)
  await shop.prisma.invoice.updateMany({ where: { orderId: id, kind: 'INVOICE' }, data: { madeAt } })
  const kinds = (await invoicesOf(id, buyer)).map(({ kind }: { kind: string }) => kind)
  expect(kinds).toEqual(['CREDIT_NOTE', 'INVOICE'])
})

test('refunds that an earlier version credited without a sum of credits are not credited again', async () => {
  const buyer = await shop.addBuyer()
  const id = await paid(buyer)
  await shop.prisma.order.update({ where: { id }, data: { refundedMinor: 300n, creditedMinor: 0n } })
  await deliveryFor(id)('payment.refunded', 'rfk_2', '200', '500', '0')
  expect(await creditNotesOf(id, buyer)).toMatchObject([{ amount: { amount: '2.00' } }])
})

test('a refund is credited once, also if a later one or its own reversal arrives before it', async () => {
  const buyer = await shop.addBuyer()
  const id = await paid(buyer)
  const deliver = deliveryFor(id)
  await deliver('payment.refunded', 'rfk_2', '200', '200', '300')
  await deliver('refund.reversed', 'rfk_1', '300', '0', '300')
  await deliver('payment.refunded', 'rfk_1', '300', '300', '0')
  expect(await creditNotesOf(id, buyer)).toMatchObject([
    { amount: { amount: '2.00' } },
    { amount: { amount: '1.00' } },
  ])
  expect((await shop.outbox()).findLast(({ subject }) => subject === id)).toMatchObject({
    type: 'orders.sale.changed',
    data: { refunds: [{ amount: usd('200') }, { amount: usd('100') }] },
  })
  const { data } = await shop.execute(`{ order(id: "${id}") { refundedTotal { amount } } }`, {}, buyer.viewer)
  expect(data.order.refundedTotal.amount).toBe('2.00')
})

test('replicas that number more than a batch each leave no gap, and a new year begins anew', async () => {
  const buyer = await shop.addBuyer()
  const orderId = await paid(buyer)
  await shop.runTimer('number-invoices')
  const [{ last: before } = { last: 0 }] = await shop.prisma.invoiceCounter.findMany({
    where: { year: 2026 },
  })
  const replicas = 3
  const rows = Array.from({ length: replicas * NUMBERING_BATCH + 5 }, (_, index) => ({
    id: newId('inv'),
    orderId,
    kind: 'CREDIT_NOTE' as const,
    reason: `test ${index}`,
    amountMinor: 1n,
    madeAt: now,
  }))
  await shop.prisma.invoice.createMany({ data: rows })
  await shop.manyAtOnce(replicas, () => shop.runTimer('number-invoices'))
  const numbered = await shop.prisma.invoice.findMany({ where: { year: 2026 }, orderBy: { serial: 'asc' } })
  expect(numbered.map(({ serial }) => serial)).toEqual(numbered.map((_, index) => index + 1))
  expect(numbered).toHaveLength(before + rows.length)
  const at = now
  try {
    now = new Date('2027-01-01T00:00:00Z')
    const next = await paid(buyer)
    await shop.runTimer('number-invoices')
    expect(await invoicesOf(next, buyer)).toMatchObject([{ number: '2027-000001' }])
  } finally {
    now = at
  }
})

test('replicas sign addresses with one key, whichever needs it first', async () => {
  await shop.prisma.$executeRaw`DELETE FROM secret_key WHERE name = 'invoice'`
  const first = await secretKeys(shop.prisma)('invoice')
  expect(await secretKeys(shop.prisma)('invoice')).toEqual(first)
})

test('the address of an invoice shows it for a quarter of an hour, and no other', async () => {
  const key = await shop.own.keys('invoice')
  const id = newId('inv')
  const ask = (address: string, at = now) => {
    const url = new URL(address, 'http://localhost')
    const file = url.pathname.split('/').at(-1) ?? ''
    const until = url.searchParams.get('until') ?? ''
    return linkedInvoice(key, { file, until, signature: url.searchParams.get('signature') ?? '' }, at)
  }
  const address = invoicePath(key, id, now)
  expect(ask(address)).toBe(id)
  expect(ask(address, new Date(now.getTime() + LINK_MINUTES * 60_000))).toBeNull()
  expect(ask(address.replace(id, newId('inv')))).toBeNull()
  expect(ask(address.replace(/until=\d+/, 'until=9999999999'))).toBeNull()
  expect(ask(address.replace(/signature=.*/, 'signature='))).toBeNull()
  expect(ask(address.replace('.pdf', ''))).toBeNull()
  expect(ask('/invoices/..%2f.pdf?until=x&signature=y')).toBeNull()
})

test('an invoice is a PDF that says what was bought, the same each time, on as many pages as it needs', async () => {
  const orderId = await paid(await shop.addBuyer())
  await shop.runTimer('number-invoices')
  const { id } = await shop.prisma.invoice.findFirstOrThrow({ where: { orderId } })
  const found = await shop.own.invoices.find(id)
  if (!found) throw new Error('no invoice')
  const text = invoiceText(found)
  expect(text).toMatchObject({
    heading: expect.stringMatching(/^Invoice 20\d\d-\d{6}$/),
    address: ['Ada Lund', '1 Mill Lane', '5003 Bergen', 'NO'],
    goods: [
      { title: 'Merino Crew, M', quantity: '1', unit: '12.99 USD', taxRate: '0 %', total: '12.99 USD' },
    ],
  })
  expect(text.sums).toContainEqual(['Total', '12.99 USD'])
  const pdf = await invoicePdf(text, found.invoice.madeAt)
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
  expect(await invoicePdf(text, found.invoice.madeAt)).toEqual(pdf)
  const [row] = text.goods
  const long = { ...text, address: ['山田', 'Zoë Łukasz'], goods: row ? Array(100).fill(row) : [] }
  const pages = (bytes: Buffer) => bytes.toString('latin1').match(/\/Type \/Page\b/g)?.length
  expect([pages(pdf), pages(await invoicePdf(long, now))]).toEqual([1, 3])
})

/** The inflated streams of a PDF, with the fonts and their tables of characters. */
function streamsOf(pdf: Buffer): string {
  const all = pdf.toString('latin1')
  const streams = [...all.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(([, body = '']) => {
    const bytes = Buffer.from(body, 'latin1')
    return bytes[0] === 0x78 ? inflateSync(bytes).toString('latin1') : ''
  })
  return all + streams.join('')
}

const goods = { title: 'Merino Crew', quantity: '1', unit: '', discount: '', taxRate: '', total: '' }
const addressed = (...address: string[]) => {
  return { heading: 'Invoice', facts: [], address, goods: [goods], sums: [] }
}

test.each([
  ['Ada Lund, really?', 'GB', []],
  ['Łukasz Dvořák', 'PL', ['NotoSans-Regular']],
  ['Иван Петров', 'BG', ['NotoSans-Regular']],
  ['山田太郎', 'JP', ['NotoSansJP']],
  ['東京都 みなと区', 'DE', ['NotoSansJP']],
  ['王小明 北京市朝阳区', 'CN', ['NotoSansSC']],
  ['臺北市 林', 'TW', ['NotoSans']],
  ['김철수 서울', 'KR', ['NotoSansKR']],
  ['محمد علي، شارع 12', 'AE', ['NotoSansArabic']],
])('the name %s, to %s, is shown by the fonts %j', async (name, country, fonts) => {
  const pdf = await invoicePdf(addressed(name, country), now)
  expect(await invoicePdf(addressed(name, country), now)).toEqual(pdf)
  const shown = streamsOf(pdf)
  for (const font of fonts) expect(shown).toContain(font)
  expect(shown.includes('NotoSans')).toBe(fonts.length > 0)
  const type = await typesetterFor([name], country === 'JP')
  expect(type.isComplete(name)).toBe(true)
  const text = type.runsOf(name).map(({ text: part }) => part)
  expect(text.join('')).not.toContain('??')
  // The tables by which readers of a PDF find its text hold the characters.
  const outside = [...name].filter((sign) => sign > '\u017f' && /\p{L}/u.test(sign))
  for (const sign of outside)
    expect(shown.toLowerCase()).toContain(sign.codePointAt(0)?.toString(16).padStart(4, '0'))
})

test('a character that no font has is a question mark, which the document explains', async () => {
  const type = await typesetterFor(['Ada 𓀀', 'é', '?'], false)
  expect([type.isComplete('Ada 𓀀'), type.isComplete('é'), type.isComplete('?')]).toEqual([false, true, true])
  expect(type.runsOf('Ada 𓀀')).toEqual([{ font: null, text: 'Ada ?' }])
  const named = addressed('Ada')
  for (const documentOf of [
    addressed,
    (name: string) => ({ ...named, facts: [['Order', name]] as const }),
    (name: string) => ({ ...named, goods: [goods, { ...goods, title: name }] }),
    (name: string) => ({ ...named, sums: [[name, '1']] as const }),
  ]) {
    const length = async (name: string) => (await invoicePdf(documentOf(name), now)).length
    expect(await length('Ada 𓀀')).toBeGreaterThan((await length('Ada ?')) + 50)
  }
})

test('a line that begins in Arabic runs from right to left, its numbers do not', async () => {
  const type = await typesetterFor(['شارع 12 علي', 'Gate باب'], false)
  expect(type.runsOf('شارع 12 علي').map(({ text }) => text)).toEqual(['علي', '12 ', 'شارع '])
  expect(type.runsOf('Gate باب').map(({ text }) => text)).toEqual(['Gate ', 'باب'])
})

test('documents come to what was kept', () => {
  const none = { capturedMinor: 0n, creditedMinor: 0n }
  expect(documentsOf(none, none)).toEqual([])
  expect(documentsOf(none, { capturedMinor: 12n, creditedMinor: 0n })).toMatchObject([
    { kind: 'INVOICE', amountMinor: 12n },
  ])
  const partly = { capturedMinor: 12n, creditedMinor: 4n }
  expect(documentsOf(partly, { ...partly, creditedMinor: 9n })).toMatchObject([
    { kind: 'CREDIT_NOTE', amountMinor: 5n, reason: 'refunded 9' },
  ])
})
