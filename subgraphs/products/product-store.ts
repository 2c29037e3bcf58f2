import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type Claim, idempotent } from '@argyle/kit/idempotency'
import { notFound, type ValidationError } from '@argyle/kit/user-errors'
import type { PrismaClient } from './generated/prisma/client.ts'
import { type NewKeys, refusingTakenKeys } from './key-conflict.ts'
import type { ProductChange, WholeProduct } from './product.ts'
import { insertProduct, lockProduct, saveProduct, type Target, type Tx } from './product-writes.ts'
import { addVariant, draftProduct, type NewProduct, type NewVariant } from './variant.ts'

type Decide<E> = (product: WholeProduct, now: Date) => Decision<ProductChange, E>

/** What a change refers to and must be checked by the database. */
type References = { readonly categoryId?: string | null; readonly keys?: NewKeys }

/** Faults of the category that an input names; categories are never deleted, so what is found stays. */
async function categoryFaults(tx: Tx, categoryId: string | null | undefined): Promise<ValidationError[]> {
  if (categoryId == null || (await tx.category.findFirst({ where: { id: categoryId } }))) return []
  return [notFound('category', categoryId, ['categoryId'])]
}

function noSuch(target: Target, path: string): ValidationError {
  return 'productId' in target
    ? notFound('product', target.productId, [path])
    : notFound('variant', target.variantId, [path])
}

/** Owns the transactions of products: lock, load, decide, save, tell. */
export function productStore(prisma: PrismaClient, clock: Clock) {
  async function change<E>(
    tx: Tx,
    { target, path }: { target: Target; path: string },
    decide: Decide<E>,
  ): Promise<Decision<WholeProduct, E | ValidationError>> {
    const before = await lockProduct(tx, target)
    if (!before) return refuse(noSuch(target, path))
    const now = clock()
    const decision = decide(before, now)
    if (!decision.ok) return decision
    await saveProduct(tx, before, decision.value, now)
    return accept(decision.value.product)
  }

  return {
    /** Makes a product, once per idempotency key. Accepts its id. */
    create(claim: Claim, draft: NewProduct) {
      const skus = draft.variants.map(({ sku }, index) => ({ sku, path: ['variants', String(index), 'sku'] }))
      const make = async (tx: Tx): Promise<Decision<string, ValidationError>> => {
        const faults = await categoryFaults(tx, draft.categoryId)
        if (faults.length > 0) return refuse(...faults)
        const now = clock()
        const decision = draftProduct(draft, now)
        if (!decision.ok) return decision
        await insertProduct(tx, decision.value, now)
        return accept(draft.id)
      }
      return refusingTakenKeys(prisma, { slug: draft.slug, skus }, () =>
        prisma.$transaction((tx) => idempotent(tx, claim, () => make(tx))),
      )
    },

    /** Adds a variant, once per idempotency key. Accepts its id. */
    addVariant(claim: Claim, productId: string, variant: NewVariant) {
      const target = { target: { productId }, path: 'productId' }
      const add = async (tx: Tx) => {
        const decision = await change(tx, target, (product) => addVariant(product, variant))
        return decision.ok ? accept(variant.id) : decision
      }
      return refusingTakenKeys(prisma, { skus: [{ sku: variant.sku, path: ['variant', 'sku'] }] }, () =>
        prisma.$transaction((tx) => idempotent(tx, claim, () => add(tx))),
      )
    },

    /** Saves what `decide` accepts of a product; `path` is the input field that named it. */
    change<E>(
      target: Target,
      path: string,
      decide: Decide<E>,
      { categoryId, keys = {} }: References = {},
    ): Promise<Decision<WholeProduct, E | ValidationError>> {
      return refusingTakenKeys(prisma, keys, () =>
        prisma.$transaction(async (tx) => {
          const faults = await categoryFaults(tx, categoryId)
          return faults.length > 0 ? refuse(...faults) : change(tx, { target, path }, decide)
        }),
      )
    },
  }
}

export type ProductStore = ReturnType<typeof productStore>
