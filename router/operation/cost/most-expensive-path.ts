import type { CompiledCost, SelectedField, Selection } from './compile-cost.ts'
import { amountOf, type Term, type Variables } from './term.ts'

/** Maximum number of names in a path. Aliases may be as long as a document, so each name is shortened too. */
const STEPS = 12
const NAME = 40

/**
 * The path from the root along the most expensive field of each level, with the lengths of lists:
 * `products.edges×100.node`.
 * @returns '' if nothing costs anything.
 */
export function mostExpensivePath({ root, evaluate }: CompiledCost, variables: Variables): string {
  const values = evaluate(variables)
  const of = (term: Term) => amountOf(term, values)
  const steps: string[] = []
  for (let at: Selection | null = root; at; ) {
    const choice: Selection['choices'][number] | undefined = dearest(at.choices, of)
    const field: SelectedField | undefined = choice && dearest(choice.fields, of)
    if (!field || of(field.term) <= 0) break
    if (steps.length === STEPS) return `${steps.join('.')}…`
    const count = of(field.count)
    steps.push(count === 1 ? shortened(field.key) : `${shortened(field.key)}×${Math.ceil(count)}`)
    at = field.below
  }
  return steps.join('.')
}

function dearest<Part extends { readonly term: Term }>(
  parts: readonly Part[],
  of: (term: Term) => number,
): Part | undefined {
  let most: Part | undefined
  for (const part of parts) if (!most || of(part.term) > of(most.term)) most = part
  return most
}

function shortened(name: string): string {
  return name.length <= NAME ? name : `${name.slice(0, NAME)}…`
}
