import type { Clock } from '@argyle/kit/clock'
import type { Invoice, Order, OrderLine, PrismaClient } from '../generated/prisma/client.ts'
import type { SecretKeys } from '../secret-keys.ts'
import { isNumbered, type NumberedInvoice } from './invoice.ts'
import { invoicePath } from './invoice-link.ts'

/** How many documents one transaction numbers. */
export const BATCH = 100

type Parts = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly keys: SecretKeys
  /** Where clients reach the routes of this service, without a slash at the end. */
  readonly publicUrl: string
}

/** Owns invoices and credit notes once they are made: the saga makes them in the transaction of the capture, or of the refund. */
export function invoiceStore({ prisma, clock, keys, publicUrl }: Parts) {
  /**
   * Numbers the oldest documents that have no number. The counter of the year is locked first: of two replicas one waits, so that
   * numbers follow the order of the documents, and a batch that fails takes its numbers back.
   */
  function numberBatch(): Promise<number> {
    const year = clock().getUTCFullYear()
    return prisma.$transaction(async (tx) => {
      await tx.$executeRaw`
        INSERT INTO invoice_counter (year, last) VALUES (${year}, 0)
        ON CONFLICT (year) DO UPDATE SET last = invoice_counter.last`
      const numbered = await tx.$executeRaw`
        UPDATE invoice SET year = ${year}, serial = c.last + w.place
          FROM invoice_counter c,
               (SELECT id, row_number() OVER (ORDER BY made_at, id) AS place
                  FROM (SELECT id, made_at FROM invoice WHERE serial IS NULL ORDER BY made_at, id LIMIT ${BATCH}) i) w
         WHERE invoice.id = w.id AND c.year = ${year}`
      await tx.$executeRaw`UPDATE invoice_counter SET last = last + ${numbered} WHERE year = ${year}`
      return numbered
    })
  }

  return {
    /** Numbers all documents that have no number. */
    async number(): Promise<void> {
      while ((await numberBatch()) === BATCH);
    },

    /** An address that shows a document to whoever has it, for a quarter of an hour. */
    async urlOf(id: string): Promise<string> {
      return publicUrl + invoicePath(await keys('invoice'), id, clock())
    },

    /** A document with its order; null where there is none, or none with a number. */
    async find(id: string): Promise<{ invoice: NumberedInvoice; order: Order; lines: OrderLine[] } | null> {
      const found = await prisma.invoice.findUnique({
        where: { id },
        include: { order: { include: { lines: { orderBy: { position: 'asc' } } } } },
      })
      if (!found) return null
      const { order, ...invoice } = found
      const row: Invoice = invoice
      return isNumbered(row) ? { invoice: row, order, lines: order.lines } : null
    },
  }
}

export type InvoiceStore = ReturnType<typeof invoiceStore>
