import { instant, type TableRow, table } from './database/copy-table.ts'
import type { Filling } from './filling.ts'
import { rows } from './row.ts'

const method = table('payment_method', [
  'id',
  'customer_id',
  'kind',
  'gateway',
  'gateway_ref',
  'brand',
  'last4',
  'exp_month',
  'exp_year',
  'is_default',
  'created_at',
])

const source = table('source', [
  'id',
  'token',
  'exchanged',
  'kind',
  'brand',
  'last4',
  'exp_month',
  'exp_year',
  'behaviour',
  'created_at',
])

/** Each customer's card, as payments stores it. */
export const fillPayments: Filling = {
  database: 'payments',
  tables: [method],
  *rows(plan): Generator<TableRow> {
    for (const card of rows(plan, 'paymentMethod'))
      yield method.row({
        id: card.id,
        customer_id: card.customerId,
        kind: 'CARD',
        gateway: 'sandbox',
        gateway_ref: card.sourceId,
        brand: card.brand,
        last4: card.last4,
        exp_month: card.expMonth,
        exp_year: card.expYear,
        is_default: true,
        created_at: instant(card.createdAt),
      })
  },
}

/** The same cards, as the sandbox gateway stores them. */
export const fillSandboxGateway: Filling = {
  database: 'sandbox_gateway',
  tables: [source],
  *rows(plan): Generator<TableRow> {
    for (const card of rows(plan, 'paymentMethod'))
      yield source.row({
        id: card.sourceId,
        token: card.token,
        exchanged: true,
        kind: 'CARD',
        brand: card.brand,
        last4: card.last4,
        exp_month: card.expMonth,
        exp_year: card.expYear,
        behaviour: 'approve',
        created_at: instant(card.createdAt),
      })
  },
}
