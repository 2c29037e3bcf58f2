import { type Connection, connectionOf, type Page, pageArgs } from '@argyle/kit/connection'
import type { TransactionOf } from '@argyle/kit/database'
import { instantCursor, readInstantCursor } from '@argyle/kit/keyset'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import type { ReturnStatus } from '../generated/prisma/enums.ts'
import type { Return } from './return.ts'

type Reader = TransactionOf<PrismaClient>
type PageArgs = { first?: number | null; after?: string | null }

export const returnColumns = {
  id: true,
  orderId: true,
  customerId: true,
  status: true,
  version: true,
  reason: true,
  rejection: true,
  reversals: true,
  requestedAt: true,
  updatedAt: true,
  lines: { omit: { returnId: true }, orderBy: { orderLineId: 'asc' } },
} as const satisfies Prisma.ReturnRequestSelect

/** Reads of returns, one statement each. */
export function returnReads(prisma: Reader) {
  const newestFirst = [{ requestedAt: 'desc' }, { id: 'desc' }] as const

  async function page(
    where: Prisma.ReturnRequestWhereInput,
    { first, after }: Page,
  ): Promise<Connection<Return>> {
    const cursor = readInstantCursor(after, 'ret')
    const behind = cursor && {
      requestedAt: { lte: cursor.at },
      OR: [{ requestedAt: { lt: cursor.at } }, { requestedAt: cursor.at, id: { lt: cursor.id } }],
    }
    const rows: Return[] = await prisma.returnRequest.findMany({
      where: { ...where, ...behind },
      select: returnColumns,
      orderBy: [...newestFirst],
      take: first + 1,
    })
    return connectionOf(
      rows,
      { first, after },
      { cursorOf: ({ requestedAt, id }) => instantCursor(requestedAt, id) },
    )
  }

  return {
    byIds: (ids: readonly string[]): Promise<Return[]> =>
      prisma.returnRequest.findMany({ where: { id: { in: [...ids] } }, select: returnColumns }),

    /** All returns of these orders, newest first. */
    ofOrders: (orderIds: readonly string[]): Promise<Return[]> =>
      prisma.returnRequest.findMany({
        where: { orderId: { in: [...orderIds] } },
        select: returnColumns,
        orderBy: [...newestFirst],
      }),

    /** A page of all returns. @throws GraphQLError BAD_USER_INPUT */
    all: (args: PageArgs, status: ReturnStatus | null) => page(status ? { status } : {}, pageArgs(args)),

    /** A page of a customer's returns. @throws GraphQLError BAD_USER_INPUT */
    ofCustomer: (args: PageArgs, customerId: string) => page({ customerId }, pageArgs(args)),
  }
}

export type ReturnReads = ReturnType<typeof returnReads>
