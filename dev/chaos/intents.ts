/** A change that a client meant to happen once, and what the client was told. */
export type Intent = {
  readonly key: string
  readonly mutation: string
  /** The ids of orders that answers named. */
  readonly orderIds: Set<string>
}

/** Every keyed intent of the clients of a run, to be compared with what the shop did. */
export class Intents {
  readonly #byKey = new Map<string, Intent>()

  open(mutation: string, key: string): Intent {
    const intent = { key, mutation, orderIds: new Set<string>() }
    this.#byKey.set(key, intent)
    return intent
  }

  get all(): readonly Intent[] {
    return [...this.#byKey.values()]
  }
}
