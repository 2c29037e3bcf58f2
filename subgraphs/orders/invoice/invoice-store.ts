import type { Clock } from '@argyle/kit/clock'
import type { Invoice, Order, OrderLine, PrismaClient } from '../generated/prisma/client.ts'
import type { SecretKeys } from '../secret-keys.ts'
import { isNumbered, type NumberedInvoice } from './invoice.ts'
import { invoicePath } from './invoice-link.ts'

/** Maximum number of documents that one transaction numbers. */
export const NUMBERING_BATCH = 100

type Parts = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly keys: SecretKeys
  /** Base URL of this service for clients, without a trailing slash. */
  readonly publicUrl: string
}

/**
 * Numbers and reads of invoices and credit notes. The saga creates them in the transaction of the capture or
 * refund.
 */
export function invoiceStore({ prisma, clock, keys, publicUrl }: Parts) {
  /**
   * Numbers the oldest documents without a number. The row of the year's counter is locked first, so that
   * replicas wait for each other, numbers follow the order of the documents, and a failed batch leaves no
   * gap.
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
                  FROM (SELECT id, made_at FROM invoice WHERE serial IS NULL ORDER BY made_at, id LIMIT ${NUMBERING_BATCH}) i) w
         WHERE invoice.id = w.id AND c.year = ${year}`
      await tx.$executeRaw`UPDATE invoice_counter SET last = last + ${numbered} WHERE year = ${year}`
      return numbered
    })
  }

  return {
    /** Numbers all documents without a number, batch by batch. */
    async number(): Promise<void> {
      const waiting = await prisma.$queryRaw<unknown[]>`SELECT 1 FROM invoice WHERE serial IS NULL LIMIT 1`
      if (waiting.length === 0) return
      while ((await numberBatch()) === NUMBERING_BATCH);
    },

    /** A link that shows a document for 15 minutes to everybody who has it. */
    async urlOf(id: string): Promise<string> {
      return publicUrl + invoicePath(await keys('invoice'), id, clock())
    },

    /** A numbered document with its order; null if it does not exist or has no number yet. */
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
