import type { GraphqlClient } from '../shop/testing/graphql-client.ts'
import type { TestShop } from '../shop/testing/test-shop.ts'

export type Input = Record<string, unknown>
/** Two permitted callers, their inputs without a key, and how to remove the first one's result. */
export type Situation = {
  readonly callers: readonly [GraphqlClient, GraphqlClient]
  readonly input: Input
  readonly other: Input
  /** Changes to the input for the second caller's use of the same key, if it must differ from both. */
  readonly theirs?: Input
  readonly remove?: (id: string) => Promise<unknown>
  /** Reverts the preparation. */
  readonly restore?: () => Promise<unknown>
}
export type Mutation = {
  readonly shows: string
  /** Picks the value that identifies a result. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are read by path, as `shows` has them
  readonly id: (payload: any) => string
  situation(): Promise<Situation>
}

/** The environment of these tests: a shop, two administrators, and products of its seed. */
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
