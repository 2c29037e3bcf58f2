/** A place that holds stock. */
export type Warehouse = {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly stocksNewVariants: boolean
}
