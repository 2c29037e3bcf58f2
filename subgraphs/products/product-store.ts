import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import type { CopyWaiter } from '@argyle/kit/copies'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type Claim, idempotent } from '@argyle/kit/idempotency'
import { notFound, type ValidationError } from '@argyle/kit/user-errors'
import type { PrismaClient } from './generated/prisma/client.ts'
import { type NewKeys, refuseTakenKeys } from './key-conflict.ts'
import type { ProductChange, WholeProduct } from './product.ts'
import { insertProduct, lockProduct, saveProduct, type Target, type Tx } from './product-rows.ts'
import { addVariant, draftProduct, type NewProduct, type NewVariant } from './variant.ts'

type Decide<E> = (product: WholeProduct, now: Date) => Decision<ProductChange, E>

/** References of a change that the database must check. */
type References = { readonly categoryId?: string | null; readonly keys?: NewKeys }

/** Checks the category of an input. Categories are never deleted, so an existing one stays. */
async function categoryFaults(tx: Tx, categoryId: string | null | undefined): Promise<ValidationError[]> {
  if (categoryId == null || (await tx.category.findFirst({ where: { id: categoryId } }))) return []
  return [notFound('category', categoryId, ['categoryId'])]
}

function noSuch(target: Target, path: string): ValidationError {
  return 'productId' in target
    ? notFound('product', target.productId, [path])
    : notFound('variant', target.variantId, [path])
}

/** A change of a product by a member of staff. */
export type ChangeRequest = {
  readonly actorId: string
  /** The mutation. */
  readonly action: string
  readonly target: Target
  /** The input field with the id of the target. */
  readonly path: string
}

/**
 * The part of a product in the audit log's entry of a change: the targeted variant, or else the product's own
 * fields.
 */
function logged(product: WholeProduct, target: Target): object | undefined {
  if ('variantId' in target) return product.variants.find(({ id }) => id === target.variantId)
  const { variants: _, ...own } = product
  return own
}

/** A product after its transaction. */
type Saved = { readonly product: WholeProduct; readonly isChanged: boolean }

/** The transactions of products: lock, load, decide, save, publish. */
export function productStore(prisma: PrismaClient, clock: Clock, productCopied: CopyWaiter) {
  /** @param loggedAs the target in the audit log, if it differs from that of the request */
  async function change<E>(
    tx: Tx,
    { actorId, action, target, path }: ChangeRequest,
    decide: Decide<E>,
    loggedAs = target,
  ): Promise<Decision<Saved, E | ValidationError>> {
    const before = await lockProduct(tx, target)
    if (!before) return refuse(noSuch(target, path))
    const now = clock()
    const decision = decide(before, now)
    if (!decision.ok) return decision
    const { product } = decision.value
    if (product === before) return accept({ product, isChanged: false })
    await saveProduct(tx, before, decision.value, now)
    const [subjectId = ''] = Object.values(loggedAs)
    const states = { before: logged(before, loggedAs), after: logged(product, loggedAs) }
    await recordChange(tx, { actorId, action, subjectId, ...states, at: now })
    return accept({ product, isChanged: true })
  }

  /** Waits until orders, inventory and reviews have processed the change. */
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
        const { principal: actorId, mutation: action } = claim
        const after = decision.value.product
        await recordChange(tx, { actorId, action, subjectId: draft.id, before: null, after, at: now })
        return accept(draft.id)
      }
      const decision = await refuseTakenKeys(prisma, { slug: draft.slug, skus }, () =>
        prisma.$transaction((tx) => idempotent(tx, claim, () => make(tx))),
      )
      // A repeated key accepts the earlier id; the first request has waited for its copies.
      if (decision.ok && decision.value === draft.id) await productCopied(draft.id, 1)
      return decision
    },

    /** Adds a variant, once per idempotency key. Accepts its id. */
    async addVariant(claim: Claim, productId: string, variant: NewVariant) {
      const request = {
        actorId: claim.principal,
        action: claim.mutation,
        target: { productId },
        path: 'productId',
      }
      let saved: Saved | null = null
      const add = async (tx: Tx) => {
        const decide = (product: WholeProduct) => addVariant(product, variant)
        const decision = await change(tx, request, decide, { variantId: variant.id })
        saved = decision.ok ? decision.value : null
        return decision.ok ? accept(variant.id) : decision
      }
      const keys = { skus: [{ sku: variant.sku, path: ['variant', 'sku'] }] }
      const decision = await refuseTakenKeys(prisma, keys, () =>
        prisma.$transaction((tx) => idempotent(tx, claim, () => add(tx))),
      )
      if (saved) await copied(saved)
      return decision
    },

    /** Saves the change that `decide` accepts. */
    async change<E>(
      request: ChangeRequest,
      decide: Decide<E>,
      { categoryId, keys = {} }: References = {},
    ): Promise<Decision<WholeProduct, E | ValidationError>> {
      const decision = await refuseTakenKeys(prisma, keys, () =>
        prisma.$transaction(async (tx) => {
          const faults = await categoryFaults(tx, categoryId)
          return faults.length > 0 ? refuse(...faults) : change(tx, request, decide)
        }),
      )
      return decision.ok ? accept(await copied(decision.value)) : decision
    },
  }
}

export type ProductStore = ReturnType<typeof productStore>
