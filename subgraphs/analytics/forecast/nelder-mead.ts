/** Maximum number of evaluations of a function. */
const MAX_EVALUATIONS = 250
const TOLERANCE = 1e-7
const NEAR = 0.01

type Vertex = { readonly at: readonly number[]; readonly value: number }

/** A point on the line from `from` to `to`: `from` at 0, `to` at 1. */
function between(from: readonly number[], to: readonly number[], share: number): number[] {
  return from.map((value, index) => value + share * ((to[index] ?? value) - value))
}

function centroidOf(vertices: readonly Vertex[]): number[] {
  const [first] = vertices
  if (!first) return []
  return first.at.map(
    (_, index) => vertices.reduce((sum, { at }) => sum + (at[index] ?? 0), 0) / vertices.length,
  )
}

/** Whether all vertices are close to the best, in value and in place. */
function isConverged(best: Vertex, simplex: readonly Vertex[]): boolean {
  return simplex.every(
    ({ at, value }) =>
      Math.abs(value - best.value) <= TOLERANCE * (Math.abs(best.value) + TOLERANCE) &&
      at.every((place, index) => Math.abs(place - (best.at[index] ?? 0)) < NEAR),
  )
}

/**
 * Minimises a function by the simplex method of Nelder and Mead, "A simplex method for function minimization", The Computer Journal 7
 * (1965), with its coefficients 1, 2, 1/2 and 1/2. Deterministic: the same start gives the same minimum.
 */
export function minimise(
  cost: (at: readonly number[]) => number,
  start: readonly number[],
): readonly number[] {
  let evaluations = 0
  const vertex = (at: readonly number[]): Vertex => {
    evaluations++
    const value = cost(at)
    return { at, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value }
  }
  const steps = start.map((_, place) => start.map((value, index) => (index === place ? value + 0.8 : value)))
  let simplex = [start, ...steps].map(vertex).toSorted((a, b) => a.value - b.value)
  while (evaluations < MAX_EVALUATIONS) {
    const [best, worst] = [simplex[0], simplex.at(-1)]
    const second = simplex.at(-2)
    if (!best || !worst || !second) break
    if (isConverged(best, simplex)) break
    const others = simplex.slice(0, -1)
    const centre = centroidOf(others)
    const reflected = vertex(between(centre, worst.at, -1))
    let next: Vertex | null = null
    if (reflected.value < best.value) {
      const expanded = vertex(between(centre, worst.at, -2))
      next = expanded.value < reflected.value ? expanded : reflected
    } else if (reflected.value < second.value) next = reflected
    else {
      const isOutside = reflected.value < worst.value
      const contracted = vertex(between(centre, isOutside ? reflected.at : worst.at, 0.5))
      if (contracted.value < Math.min(reflected.value, worst.value)) next = contracted
    }
    simplex = next
      ? [...others, next].toSorted((a, b) => a.value - b.value)
      : [best, ...simplex.slice(1).map(({ at }) => vertex(between(best.at, at, 0.5)))].toSorted(
          (a, b) => a.value - b.value,
        )
  }
  return simplex[0]?.at ?? start
}
