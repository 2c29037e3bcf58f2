import { type Connection, connectionOf, pageArgs } from '@argyle/kit/connection'
import { instantCursor } from '@argyle/kit/keyset'
import type { Gadget } from './gadget.ts'
import type { GadgetStore } from './gadget-store.ts'

/** Parent value of a GadgetConnection. `count` runs only when `totalCount` is selected. */
export type GadgetList = Connection<Gadget> & { readonly count: () => Promise<number> }

const SORT = 'NEWEST'

/** A page of a customer's gadgets. @throws GraphQLError BAD_USER_INPUT for arguments out of range */
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
