/** The cost of a part of an operation: known, or a slot of the values that one evaluation fills. */
export type Term = number | { readonly slot: number }

export type Variables = Readonly<Record<string, unknown>>

/** Reads earlier slots only. */
type Instruction = (variables: Variables, values: Float64Array) => number

/** No cost is larger: sums and products stop here, so that none becomes infinite, nor NaN by 0 × Infinity. */
export const CEILING = Number.MAX_SAFE_INTEGER

/** Whether the Boolean variables have the values: all must, for the empty list is always met. */
export type Condition = readonly { readonly variable: string; readonly is: boolean }[]

export function isMet(condition: Condition, variables: Variables): boolean {
  return condition.every(({ variable, is }) => (variables[variable] === true) === is)
}

/** @param cost may be negative, as a weight may. */
export function bounded(cost: number): number {
  return Math.max(-CEILING, Math.min(CEILING, cost))
}

/**
 * Arithmetic that is done as far as no variable matters, and written down as a straight line of instructions otherwise.
 * A part that stands in several places is one slot: it is evaluated once.
 */
export class Arithmetic {
  readonly #instructions: Instruction[] = []

  /** A number that the variables decide. */
  read(instruction: (variables: Variables) => number): Term {
    return this.#add((variables) => bounded(instruction(variables)))
  }

  sum(terms: readonly Term[]): Term {
    let known = 0
    const slots: number[] = []
    for (const term of terms) {
      if (typeof term === 'number') known = bounded(known + term)
      else slots.push(term.slot)
    }
    if (slots.length === 0) return known
    return this.#add((_, values) => {
      let total = known
      for (const slot of slots) total += valueAt(values, slot)
      return bounded(total)
    })
  }

  max(terms: readonly Term[]): Term {
    const known = terms.filter((term) => typeof term === 'number')
    const least = known.length === 0 ? Number.NEGATIVE_INFINITY : Math.max(...known)
    const slots = terms.flatMap((term) => (typeof term === 'number' ? [] : [term.slot]))
    const [only] = slots
    if (only === undefined) return least
    if (slots.length === 1 && known.length === 0) return { slot: only }
    return this.#add((_, values) => {
      let most = least
      for (const slot of slots) most = Math.max(most, valueAt(values, slot))
      return most
    })
  }

  times(left: Term, right: Term): Term {
    if (left === 0 || right === 0) return 0
    if (left === 1) return right
    if (right === 1) return left
    if (typeof left === 'number' && typeof right === 'number') return bounded(left * right)
    return this.#add((_, values) => bounded(amountOf(left, values) * amountOf(right, values)))
  }

  /** @param conditions the term counts where one of these is met. */
  when(conditions: readonly Condition[], term: Term): Term {
    if (term === 0 || conditions.some((condition) => condition.length === 0)) return term
    return this.#add((variables, values) =>
      conditions.some((condition) => isMet(condition, variables)) ? amountOf(term, values) : 0,
    )
  }

  /** @returns the values of all slots. */
  evaluator(): (variables: Variables) => Float64Array {
    const instructions = [...this.#instructions]
    // One evaluation ends before another begins.
    const values = new Float64Array(instructions.length)
    return (variables) => {
      for (const [slot, instruction] of instructions.entries()) values[slot] = instruction(variables, values)
      return values
    }
  }

  #add(instruction: Instruction): Term {
    return { slot: this.#instructions.push(instruction) - 1 }
  }
}

export function amountOf(term: Term, values: Float64Array): number {
  return typeof term === 'number' ? term : valueAt(values, term.slot)
}

function valueAt(values: Float64Array, slot: number): number {
  // A slot is one of the evaluation that it was made for.
  return values[slot] as number
}
