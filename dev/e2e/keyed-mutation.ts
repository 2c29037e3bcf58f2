import type { GraphqlClient } from '../shop/testing/graphql-client.ts'
import type { TestShop } from '../shop/testing/test-shop.ts'

export type Input = Record<string, unknown>
/** Two people who may do it, the inputs that they send without a key, and how the first one's outcome goes away. */
export type Situation = {
  readonly callers: readonly [GraphqlClient, GraphqlClient]
  readonly input: Input
  readonly other: Input
  /** What the second caller sends under the same key, where it must differ from both. */
  readonly theirs?: Input
  readonly remove?: (id: string) => Promise<unknown>
  /** Undoes what the situation needed. */
  readonly restore?: () => Promise<unknown>
}
export type Mutation = {
  readonly shows: string
  /** Picks what an answer is known by. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are read by path, as `shows` has them
  readonly id: (payload: any) => string
  situation(): Promise<Situation>
}

/** Where the mutations are tried: a shop, two administrators, and goods of its seed. */
export type World = {
  readonly shop: TestShop
  readonly staff: readonly [GraphqlClient, GraphqlClient]
  readonly goods: Goods
}
export type Goods = {
  readonly productId: string
  readonly otherProductId: string
  readonly variantId: string
  readonly stockLevelId: string
}

export const anAddress = (line1: string) => ({
  recipient: 'Ada',
  line1,
  city: 'Leipzig',
  postalCode: '1',
  countryCode: 'DE',
})
