// Tested in product-store.int.test.ts: the test runs operations.

import { accept, type Decision, payload } from '@argyle/kit/decision'
import { loadAccepted } from '@argyle/kit/idempotency'
import { requireUser } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { validate } from '@argyle/kit/user-errors'
import type { Resolvers } from './generated/resolvers.ts'
import { changePrice } from './price.ts'
import { archive, editProduct, publish, type WholeProduct } from './product.ts'
import {
  addVariantInput,
  changePriceInput,
  createCategoryInput,
  createProductInput,
  productVersionInput,
  updateCategoryInput,
  updateProductInput,
  updateVariantInput,
} from './product-input.ts'
import type { Target } from './product-rows.ts'
import type { Context } from './subgraph.ts'
import { editVariant } from './variant.ts'

/** The idempotency key is scoped to the member of staff. */
function claimOf({ viewer }: Context, mutation: string, key: string, request: unknown) {
  return { principal: requireUser(viewer).id, mutation, key, request }
}

/** A change by the member of staff; `path` is the input field with the id of the target. */
function requestOf({ viewer }: Context, action: string, target: Target, path = 'id') {
  return { actorId: requireUser(viewer).id, action, target, path }
}

/** The payload's variant from a decision about its product. */
function variantOf<E>(decision: Decision<WholeProduct, E>, id: string) {
  if (!decision.ok) return decision
  return accept(decision.value.variants.find((variant) => variant.id === id) ?? null)
}

export const mutations: NonNullable<Resolvers['Mutation']> = {
  async createProduct(_, { input }, context) {
    const checked = validate(createProductInput, input)
    if (!checked.ok) return payload('product', checked)
    const { idempotencyKey, variants, ...head } = checked.value
    const draft = {
      ...head,
      id: newId('prd'),
      variants: variants.map((variant) => ({ ...variant, id: newId('var') })),
    }
    const claim = claimOf(context, 'createProduct', idempotencyKey, input)
    const decision = await context.products.create(claim, draft)
    return payload('product', await loadAccepted(decision, (id) => context.load.productById.load(id)))
  },

  async updateProduct(_, { input }, context) {
    const checked = validate(updateProductInput, input)
    if (!checked.ok) return payload('product', checked)
    const { id, ...edit } = checked.value
    const request = requestOf(context, 'updateProduct', { productId: id })
    const decision = await context.products.change(request, (product) => editProduct(product, edit), {
      categoryId: edit.categoryId,
      keys: { slug: edit.slug },
    })
    return payload('product', decision)
  },

  async publishProduct(_, { input }, context) {
    const checked = validate(productVersionInput, input)
    if (!checked.ok) return payload('product', checked)
    const { id, expectedVersion } = checked.value
    const request = requestOf(context, 'publishProduct', { productId: id })
    const decide = (product: WholeProduct, now: Date) => publish(product, expectedVersion, now)
    return payload('product', await context.products.change(request, decide))
  },

  async archiveProduct(_, { input }, context) {
    const checked = validate(productVersionInput, input)
    if (!checked.ok) return payload('product', checked)
    const { id, expectedVersion } = checked.value
    const request = requestOf(context, 'archiveProduct', { productId: id })
    const decide = (product: WholeProduct) => archive(product, expectedVersion)
    return payload('product', await context.products.change(request, decide))
  },

  async addVariant(_, { input }, context) {
    const checked = validate(addVariantInput, input)
    if (!checked.ok) return payload('variant', checked)
    const { idempotencyKey, productId, variant } = checked.value
    const claim = claimOf(context, 'addVariant', idempotencyKey, input)
    const decision = await context.products.addVariant(claim, productId, { ...variant, id: newId('var') })
    return payload('variant', await loadAccepted(decision, (id) => context.load.variantById.load(id)))
  },

  async updateVariant(_, { input }, context) {
    const checked = validate(updateVariantInput, input)
    if (!checked.ok) return payload('variant', checked)
    const { id, sku } = checked.value
    const keys = { skus: sku === undefined ? [] : [{ sku, path: ['sku'] }] }
    const decide = (product: WholeProduct) => editVariant(product, checked.value)
    const request = requestOf(context, 'updateVariant', { variantId: id })
    const decision = await context.products.change(request, decide, { keys })
    return payload('variant', variantOf(decision, id))
  },

  async changePrice(_, { input }, context) {
    const checked = validate(changePriceInput, input)
    if (!checked.ok) return payload('variant', checked)
    const { variantId } = checked.value
    const decide = (product: WholeProduct) => changePrice(product, checked.value)
    const request = requestOf(context, 'changePrice', { variantId }, 'variantId')
    return payload('variant', variantOf(await context.products.change(request, decide), variantId))
  },

  async createCategory(_, { input }, context) {
    const checked = validate(createCategoryInput, input)
    if (!checked.ok) return payload('category', checked)
    const { idempotencyKey, ...category } = checked.value
    const claim = claimOf(context, 'createCategory', idempotencyKey, input)
    const decision = await context.categories.create(claim, { ...category, id: newId('cat') })
    const load = async (id: string) => (await context.load.categoryTree()).byId.get(id) ?? null
    return payload('category', await loadAccepted(decision, load))
  },

  async updateCategory(_, { input }, { categories, viewer }) {
    const checked = validate(updateCategoryInput, input)
    if (!checked.ok) return payload('category', checked)
    return payload('category', await categories.update(requireUser(viewer).id, checked.value))
  },
}
