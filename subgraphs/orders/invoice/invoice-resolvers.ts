import { money } from '@argyle/kit/money'
import type { Resolvers } from '../generated/resolvers.ts'
import { invoiceNumber, isNumbered } from './invoice.ts'

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const invoiceResolvers = {
  Invoice: {
    number: ({ invoice }) => invoiceNumber(invoice),
    id: ({ invoice }) => invoice.id,
    kind: ({ invoice }) => invoice.kind,
    issuedAt: ({ invoice }) => invoice.madeAt,
    amount: ({ invoice, currency }) => money(invoice.amountMinor, currency),
    url: ({ invoice }, _, { invoices }) => invoices.urlOf(invoice.id),
  },

  Order: {
    invoices: async ({ id, currency }, _, { load }) =>
      (await load.invoicesByOrderId.load(id)).filter(isNumbered).map((invoice) => ({ invoice, currency })),
  },
} satisfies Resolvers
