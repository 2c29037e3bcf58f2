/** The result of a rule: a value, or the reasons for refusing. A refusal is a value, never an exception. */
export type Decision<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly E[] }

export function accept<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

export function refuse<E>(...errors: readonly E[]): { readonly ok: false; readonly errors: readonly E[] } {
  return { ok: false, errors }
}

/** Ends a `switch` over a union, so that a missing case is a compile error. */
export function unreachable(value: never): never {
  throw new Error(`no case for ${JSON.stringify(value)}`)
}

/** The payload of a mutation: `{ [field]: value or null, userErrors }`. */
export function payload<F extends string, T = never, E = never>(field: F, decision: Decision<T, E>) {
  const value = decision.ok ? decision.value : null
  const userErrors = decision.ok ? [] : [...decision.errors]
  // A computed key widens to an index signature; the shape is the stated one.
  return { [field]: value, userErrors } as { [key in F]: NoInfer<T> | null } & { userErrors: NoInfer<E>[] }
}
