/** A place that stores stock. */
export type Warehouse = {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly stocksNewVariants: boolean
}
