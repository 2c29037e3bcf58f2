/** A change that a client requested once, and the answers to it. */
export type Intent = {
  readonly key: string
  readonly mutation: string
  /** The ids of orders in responses. */
  readonly orderIds: Set<string>
}

/** Every request with an idempotency key in a run, for comparison with the shop's data, and the outcome of each mutation. */
export class Intents {
  readonly #byKey = new Map<string, Intent>()
  readonly #ends = new Map<string, number>()

  open(mutation: string, key: string): Intent {
    const intent = { key, mutation, orderIds: new Set<string>() }
    this.#byKey.set(key, intent)
    return intent
  }

  /** @param how `done`, the type of the error that refused it, or `given up` */
  end(mutation: string, how: string): void {
    const name = `${mutation} ${how}`
    this.#ends.set(name, (this.#ends.get(name) ?? 0) + 1)
  }

  get all(): readonly Intent[] {
    return [...this.#byKey.values()]
  }

  /** Counts of ends, by mutation: `placeOrder done` 12. */
  get ends(): ReadonlyMap<string, number> {
    return new Map([...this.#ends].toSorted(([one], [other]) => (one < other ? -1 : 1)))
  }
}
