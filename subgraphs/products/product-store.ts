import type { Clock } from '@argyle/kit/clock'
import type { CopyWaiter } from '@argyle/kit/copies'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type Claim, idempotent } from '@argyle/kit/idempotency'
import { notFound, type ValidationError } from '@argyle/kit/user-errors'
import type { PrismaClient } from './generated/prisma/client.ts'
import { type NewKeys, refusingTakenKeys } from './key-conflict.ts'
import type { ProductChange, WholeProduct } from './product.ts'
import { insertProduct, lockProduct, saveProduct, type Target, type Tx } from './product-writes.ts'
import { addVariant, draftProduct, type NewProduct, type NewVariant } from './variant.ts'

type Decide<E> = (product: WholeProduct, now: Date) => Decision<ProductChange, E>

/** References of a change that the database must check. */
type References = { readonly categoryId?: string | null; readonly keys?: NewKeys }

/** Checks the category of an input. Categories are never deleted, so one that is found stays. */
async function categoryFaults(tx: Tx, categoryId: string | null | undefined): Promise<ValidationError[]> {
  if (categoryId == null || (await tx.category.findFirst({ where: { id: categoryId } }))) return []
  return [notFound('category', categoryId, ['categoryId'])]
}

function noSuch(target: Target, path: string): ValidationError {
  return 'productId' in target
    ? notFound('product', target.productId, [path])
    : notFound('variant', target.variantId, [path])
}

/** A product after its transaction. */
type Saved = { readonly product: WholeProduct; readonly isChanged: boolean }

/** The transactions of products: lock, load, decide, save, publish. */
export function productStore(prisma: PrismaClient, clock: Clock, productCopied: CopyWaiter) {
  async function change<E>(
    tx: Tx,
    { target, path }: { target: Target; path: string },
    decide: Decide<E>,
  ): Promise<Decision<Saved, E | ValidationError>> {
    const before = await lockProduct(tx, target)
    if (!before) return refuse(noSuch(target, path))
    const now = clock()
    const decision = decide(before, now)
    if (!decision.ok) return decision
    await saveProduct(tx, before, decision.value, now)
    const { product } = decision.value
    return accept({ product, isChanged: product !== before })
  }

  /** Waits until orders, inventory and reviews have the change. */
  async function copied({ product, isChanged }: Saved): Promise<WholeProduct> {
    if (isChanged) await productCopied(product.id, product.version)
    return product
  }

  return {
    /** Creates a product, once per idempotency key. Accepts its id. */
    async create(claim: Claim, draft: NewProduct) {
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
      const decision = await refusingTakenKeys(prisma, { slug: draft.slug, skus }, () =>
        prisma.$transaction((tx) => idempotent(tx, claim, () => make(tx))),
      )
      // A repeated key accepts the earlier id, which was waited for then.
      if (decision.ok && decision.value === draft.id) await productCopied(draft.id, 1)
      return decision
    },

    /** Adds a variant, once per idempotency key. Accepts its id. */
    async addVariant(claim: Claim, productId: string, variant: NewVariant) {
      const target = { target: { productId }, path: 'productId' }
      let saved: Saved | null = null
      const add = async (tx: Tx) => {
        const decision = await change(tx, target, (product) => addVariant(product, variant))
        saved = decision.ok ? decision.value : null
        return decision.ok ? accept(variant.id) : decision
      }
      const keys = { skus: [{ sku: variant.sku, path: ['variant', 'sku'] }] }
      const decision = await refusingTakenKeys(prisma, keys, () =>
        prisma.$transaction((tx) => idempotent(tx, claim, () => add(tx))),
      )
      if (saved) await copied(saved)
      return decision
    },

    /** Saves the change that `decide` accepts; `path` is the input field with the product's id. */
    async change<E>(
      target: Target,
      path: string,
      decide: Decide<E>,
      { categoryId, keys = {} }: References = {},
    ): Promise<Decision<WholeProduct, E | ValidationError>> {
      const decision = await refusingTakenKeys(prisma, keys, () =>
        prisma.$transaction(async (tx) => {
          const faults = await categoryFaults(tx, categoryId)
          return faults.length > 0 ? refuse(...faults) : change(tx, { target, path }, decide)
        }),
      )
      return decision.ok ? accept(await copied(decision.value)) : decision
    },
  }
}

export type ProductStore = ReturnType<typeof productStore>
