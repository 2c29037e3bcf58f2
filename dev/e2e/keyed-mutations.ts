import type { GraphqlClient } from '../shop/testing/graphql-client.ts'
import { anAddress, type Mutation, type World } from './keyed-mutation.ts'
import { cartMutations, orderMutations } from './keyed-order-mutations.ts'
import { aSignUp, customers, key, run } from './one-input.ts'

const PRICES = ['USD', 'EUR', 'JPY'].map((currencyCode) => ({ currencyCode, amount: '10' }))
const aVariant = () => ({
  sku: `S-${key().toUpperCase()}`,
  title: 'M',
  options: [{ name: 'Size', value: key().slice(0, 8) }],
  weightGrams: 60,
  prices: PRICES,
})
const aWarehouse = () => ({
  code: `W-${key().slice(0, 8).toUpperCase()}`,
  name: 'Leipzig',
  stocksNewVariants: false,
})
async function removeReview(client: GraphqlClient, id: string) {
  await run(client, 'deleteReview', 'deletedReviewId', { id, expectedVersion: 1 })
}

/** Mutations of accounts and reviews. */
function accountMutations({ shop, goods }: World) {
  return {
    signUp: {
      shows: 'session { user { id } }',
      id: ({ session }) => session.user.id,
      async situation() {
        const input = aSignUp()
        const callers = [shop.visitor(), shop.visitor()] as const
        // All guests are one principal: the second caller uses another key.
        return { callers, input, other: { ...input, displayName: 'Other' } }
      },
    },
    addAddress: {
      shows: 'address { id }',
      id: ({ address }) => address.id,
      async situation() {
        const callers = await customers(shop)
        const remove = (addressId: string) =>
          run(callers[0], 'removeAddress', 'removedAddressId', { addressId, expectedVersion: 1 })
        return { callers, input: anAddress('Mill Lane 1'), other: anAddress('Mill Lane 2'), remove }
      },
    },
    submitReview: {
      shows: 'review { id }',
      id: ({ review }) => review.id,
      async situation() {
        const callers = await customers(shop)
        const input = { productId: goods.productId, rating: 5, body: 'Warm at last, and dry.' }
        const other = { ...input, productId: goods.otherProductId }
        return { callers, input, other, remove: (id: string) => removeReview(callers[0], id) }
      },
    },
  } satisfies Record<string, Mutation>
}

/** Mutations of the catalogue. */
function catalogueMutations({ staff }: World) {
  return {
    createProduct: {
      shows: 'product { id }',
      id: ({ product }) => product.id,
      async situation() {
        const product = () => ({ slug: `p-${key()}`, title: 'Sock', variants: [aVariant()] })
        const remove = (id: string) =>
          run(staff[0], 'archiveProduct', 'product { id }', { id, expectedVersion: 1 })
        return { callers: staff, input: product(), other: product(), theirs: product(), remove }
      },
    },
    addVariant: {
      shows: 'variant { id }',
      id: ({ variant }) => variant.id,
      async situation() {
        const made = await run(staff[0], 'createProduct', 'product { id }', {
          idempotencyKey: key(),
          slug: `p-${key()}`,
          title: 'Sock',
          variants: [aVariant()],
        })
        const variant = () => ({ productId: made.product.id, variant: aVariant() })
        return { callers: staff, input: variant(), other: variant(), theirs: variant() }
      },
    },
    createCategory: {
      shows: 'category { id }',
      id: ({ category }) => category.id,
      async situation() {
        const category = () => ({ slug: `c-${key()}`, name: 'Socks' })
        return { callers: staff, input: category(), other: category(), theirs: category() }
      },
    },
  } satisfies Record<string, Mutation>
}

/** Mutations of stock. */
function stockMutations({ staff, goods }: World) {
  return {
    createWarehouse: {
      shows: 'warehouse { id }',
      id: ({ warehouse }) => warehouse.id,
      async situation() {
        return { callers: staff, input: aWarehouse(), other: aWarehouse(), theirs: aWarehouse() }
      },
    },
    createStockLevel: {
      shows: 'stockLevel { id }',
      id: ({ stockLevel }) => stockLevel.id,
      async situation() {
        const level = async () => {
          const made = await run(staff[0], 'createWarehouse', 'warehouse { id }', {
            idempotencyKey: key(),
            ...aWarehouse(),
          })
          return { variantId: goods.variantId, warehouseId: made.warehouse.id, reorderPoint: 1 }
        }
        return { callers: staff, input: await level(), other: await level(), theirs: await level() }
      },
    },
    adjustStock: {
      shows: 'stockLevel { id onHand }',
      id: ({ stockLevel }) => String(stockLevel.onHand),
      async situation() {
        const { stockLevelId } = goods
        const input = { stockLevelId, delta: 1, reason: 'RECEIVED' }
        return { callers: staff, input, other: { ...input, delta: 2 } }
      },
    },
  } satisfies Record<string, Mutation>
}

/** All mutations with an idempotency key. */
export const KEYED = [
  'signUp',
  'addAddress',
  'createProduct',
  'addVariant',
  'createCategory',
  'createWarehouse',
  'createStockLevel',
  'adjustStock',
  'addCartLine',
  'claimCart',
  'placeOrder',
  'cancelOrder',
  'createCoupon',
  'submitReview',
] as const

/** The test situation of each mutation. */
export const allKeyedMutations = (world: World): Record<(typeof KEYED)[number], Mutation> => ({
  ...accountMutations(world),
  ...catalogueMutations(world),
  ...stockMutations(world),
  ...cartMutations(world),
  ...orderMutations(world),
})
