import type { GraphqlClient } from '../shop/testing/graphql-client.ts'
import { orderInput } from './checkout.ts'
import { anAddress, type Mutation, type World } from './keyed-mutation.ts'
import { customers, key, run } from './one-input.ts'
import { waitUntil } from './wait-until.ts'

const aCoupon = () => ({ code: `C-${key().slice(0, 8)}`, percentBasisPoints: 100 })

const addLine = (client: GraphqlClient, variantId: string) =>
  run(client, 'addCartLine', 'cart { id version total { amount currencyCode } }', {
    idempotencyKey: key(),
    variantId,
    quantity: 1,
  })

/** The placeOrder input of a customer with one sock in the cart. */
async function anOrder(client: GraphqlClient, variantId: string) {
  await addLine(client, variantId)
  const { address } = await run(client, 'addAddress', 'address { id }', {
    idempotencyKey: key(),
    ...anAddress('Mill Lane 1'),
  })
  return orderInput(client, address.id)
}

async function placed(client: GraphqlClient, variantId: string): Promise<string> {
  const input = { idempotencyKey: key(), ...(await anOrder(client, variantId)) }
  // Orders refuses a new address that has not arrived there yet.
  const { order } = await waitUntil(
    () => run(client, 'placeOrder', 'order { id }', input),
    (answer) => answer.order !== null,
  )
  return order.id
}

/** Mutations of carts. */
export function cartMutations({ shop, goods }: World) {
  return {
    addCartLine: {
      shows: 'cart { id lines { quantity } }',
      id: ({ cart }) => cart.id + JSON.stringify(cart.lines),
      async situation() {
        const callers = await customers(shop)
        const input = { variantId: goods.variantId, quantity: 1 }
        const remove = async () => {
          const added = await run(callers[0], 'addAddress', 'address { id }', {
            idempotencyKey: key(),
            ...anAddress('1'),
          })
          await run(callers[0], 'placeOrder', 'order { id }', {
            idempotencyKey: key(),
            ...(await orderInput(callers[0], added.address.id)),
          })
        }
        return { callers, input, other: { ...input, quantity: 2 }, remove }
      },
    },
    claimCart: {
      shows: 'cart { id lines { quantity } }',
      id: ({ cart }) => cart.id + JSON.stringify(cart.lines),
      async situation() {
        const guestCart = async () => ({ cartId: (await addLine(shop.visitor(), goods.variantId)).cart.id })
        const [input, other, theirs] = [await guestCart(), await guestCart(), await guestCart()]
        return { callers: await customers(shop), input, other, theirs }
      },
    },
  } satisfies Record<string, Mutation>
}

/** Mutations of orders and coupons. */
export function orderMutations({ shop, staff, goods }: World) {
  return {
    placeOrder: {
      shows: 'order { id number }',
      id: ({ order }) => order.id,
      async situation() {
        const callers = await customers(shop)
        const input = await anOrder(callers[0], goods.variantId)
        const other = { ...input, expectedCartVersion: 99 }
        return { callers, input, other, theirs: await anOrder(callers[1], goods.variantId) }
      },
    },
    cancelOrder: {
      shows: 'order { id }',
      id: ({ order }) => order.id,
      async situation() {
        // While inventory is stopped, the order stays cancellable.
        const callers = await customers(shop)
        const cancel = async (client: GraphqlClient) => ({
          orderId: await placed(client, goods.variantId),
          expectedVersion: 1,
        })
        await shop.subgraph('inventory').stop()
        const [input, theirs] = [await cancel(callers[0]), await cancel(callers[1])]
        const other = { ...input, expectedVersion: 2 }
        return { callers, input, other, theirs, restore: () => shop.subgraph('inventory').start() }
      },
    },
    createCoupon: {
      shows: 'coupon { id code }',
      id: ({ coupon }) => coupon.id,
      async situation() {
        const remove = (couponId: string) =>
          run(staff[0], 'deactivateCoupon', 'coupon { id }', { couponId, expectedVersion: 1 })
        return { callers: staff, input: aCoupon(), other: aCoupon(), theirs: aCoupon(), remove }
      },
    },
  } satisfies Record<string, Mutation>
}
