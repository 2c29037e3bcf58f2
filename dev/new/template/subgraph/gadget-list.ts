import { type Connection, connectionOf, pageArgs } from '@argyle/kit/connection'
import { instantCursor } from '@argyle/kit/keyset'
import type { Gadget } from './gadget.ts'
import type { GadgetStore } from './gadget-store.ts'

/** What a GraphQL GadgetConnection is made of. The total is counted only when it is asked for. */
export type GadgetList = Connection<Gadget> & { readonly count: () => Promise<number> }

const SORT = 'NEWEST'

/** The gadgets of a customer. @throws GraphQLError BAD_USER_INPUT for arguments out of range */
export async function gadgetList(
  customerId: string,
  args: { first?: number | null; after?: string | null },
  gadgets: GadgetStore,
): Promise<GadgetList> {
  const page = pageArgs(args, { sort: SORT })
  const rows = await gadgets.pageOf(customerId, page)
  const connection = connectionOf(rows, page, {
    sort: SORT,
    cursorOf: ({ createdAt, id }) => instantCursor(createdAt, id),
  })
  return { ...connection, count: () => gadgets.countOf(customerId) }
}
