// Tested in cost.test.ts: the parts compute one value together.

/**
 * The cost of a part of an operation: a known number, or a slot of the values that an evaluation computes.
 */
export type Term = number | { readonly slot: number }

export type Variables = Readonly<Record<string, unknown>>

/** The maximum cost. Sums and products stop here, so that none becomes infinite, or NaN by 0 × Infinity. */
export const CEILING = Number.MAX_SAFE_INTEGER

/** Whether the Boolean variables have these values. All must; the empty list is always met. */
export type Condition = readonly { readonly variable: string; readonly is: boolean }[]

export function isMet(condition: Condition, variables: Variables): boolean {
  return condition.every(({ variable, is }) => (variables[variable] === true) === is)
}

/** @param cost may be negative, as a weight may. */
export function bounded(cost: number): number {
  return cost > CEILING ? CEILING : cost < -CEILING ? -CEILING : cost
}

/** A number that depends on the variables. */
type Read = (variables: Variables) => number

const ADD = 0
const MULTIPLY = 1
const MAX = 2

/**
 * Arithmetic that computes everything that is independent of variables at once, and compiles the rest to a
 * straight line of instructions. A part that occurs several times is one slot, which is evaluated once.
 */
export class Arithmetic {
  readonly #reads: { readonly read: Read; readonly slot: number }[] = []
  readonly #conditions = new Map<string, Term>()
  /** Known numbers stand in their slots from the beginning. */
  readonly #values: number[] = []
  /** Operation, left slot, right slot, slot of the result. */
  readonly #code: number[] = []

  read(read: Read): Term {
    const slot = this.#slot(Number.NaN)
    this.#reads.push({ read, slot })
    return { slot }
  }

  sum(terms: readonly Term[]): Term {
    return this.#fold(ADD, terms, 0)
  }

  max(terms: readonly Term[]): Term {
    return this.#fold(MAX, terms, Number.NEGATIVE_INFINITY)
  }

  times(left: Term, right: Term): Term {
    if (left === 0 || right === 0) return 0
    if (left === 1) return right
    if (right === 1) return left
    return this.#combine(MULTIPLY, left, right)
  }

  /** @param conditions the term counts where one of these is met. */
  when(conditions: readonly Condition[], term: Term): Term {
    if (term === 0 || conditions.some((condition) => condition.length === 0)) return term
    const name = JSON.stringify(conditions)
    const known =
      this.#conditions.get(name) ??
      this.read((variables) => (conditions.some((condition) => isMet(condition, variables)) ? 1 : 0))
    this.#conditions.set(name, known)
    return this.times(known, term)
  }

  /**
   * @returns the values of all slots, valid until the next evaluation. Equal variables cost no arithmetic.
   */
  evaluator(): (variables: Variables) => Float64Array {
    return evaluation(this.#reads, Float64Array.from(this.#values), Uint32Array.from(this.#code))
  }

  #fold(operation: number, terms: readonly Term[], neutral: number): Term {
    let known = neutral
    let unknown: Term | undefined
    for (const term of terms) {
      if (typeof term === 'number') known = applied(operation, known, term)
      else unknown = unknown === undefined ? term : this.#combine(operation, unknown, term)
    }
    if (unknown === undefined) return known
    return known === neutral ? unknown : this.#combine(operation, unknown, known)
  }

  #combine(operation: number, left: Term, right: Term): Term {
    if (typeof left === 'number' && typeof right === 'number') return applied(operation, left, right)
    const slot = this.#slot(0)
    this.#code.push(operation, this.#slotOf(left), this.#slotOf(right), slot)
    return { slot }
  }

  #slotOf(term: Term): number {
    return typeof term === 'number' ? this.#slot(term) : term.slot
  }

  #slot(value: number): number {
    return this.#values.push(value) - 1
  }
}

function evaluation(
  reads: readonly { readonly read: Read; readonly slot: number }[],
  values: Float64Array,
  code: Uint32Array,
): (variables: Variables) => Float64Array {
  return (variables) => {
    let isNew = false
    for (const { read, slot } of reads) {
      const value = bounded(read(variables))
      if (values[slot] === value) continue
      values[slot] = value
      isNew = true
    }
    for (let at = 0; isNew && at < code.length; at += 4) {
      const [left, right] = [slotValue(values, code[at + 1]), slotValue(values, code[at + 2])]
      values[code[at + 3] as number] = applied(code[at] as number, left, right)
    }
    return values
  }
}

function applied(operation: number, left: number, right: number): number {
  if (operation === MULTIPLY) return bounded(left * right)
  return operation === ADD ? bounded(left + right) : Math.max(left, right)
}

export function amountOf(term: Term, values: Float64Array): number {
  return typeof term === 'number' ? term : slotValue(values, term.slot)
}

/** A slot is one of the evaluation that it was made for. */
function slotValue(values: Float64Array, slot: number | undefined): number {
  return values[slot as number] as number
}
