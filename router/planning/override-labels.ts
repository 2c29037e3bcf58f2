import { randomInt } from 'node:crypto'
import { type GraphQLSchema, isInterfaceType, isObjectType, Kind } from 'graphql'

/** The labelled `@override`s that apply to a request. */
export type Overriding = {
  /** The labels that apply. */
  readonly labels: readonly string[]
  /** From 0 to below 100: `percent(n)` applies if it is less than n. It agrees with `labels`. */
  readonly roll: number
}

/**
 * The labels with which a supergraph overrides fields for a share of the requests, with their percentages.
 */
export type OverrideLabels = ReadonlyMap<string, number>

/** Labels of the form `percent(n)`. Other labels apply to no request, since nothing can set them yet. */
export function overrideLabels(supergraphSchema: GraphQLSchema): OverrideLabels {
  const labels = new Map<string, number>()
  for (const type of Object.values(supergraphSchema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const { astNode } of Object.values(type.getFields())) {
      for (const directive of astNode?.directives ?? []) {
        const argument = directive.arguments?.find(({ name }) => name.value === 'overrideLabel')
        if (argument?.value.kind !== Kind.STRING) continue
        const percent = /^percent\((\d+(?:\.\d+)?)\)$/.exec(argument.value.value)?.[1]
        if (percent !== undefined) labels.set(argument.value.value, Number(percent))
      }
    }
  }
  return labels
}

/** Every combination of labels that a request can draw; the one without any label last. */
export function overridings(labels: OverrideLabels): readonly Overriding[] {
  const thresholds = [0, ...labels.values()].filter((percent) => percent < 100)
  return [...new Set(thresholds)]
    .sort((one, other) => one - other)
    .map((roll) => ({
      roll,
      labels: [...labels].filter(([, percent]) => roll < percent).map(([label]) => label),
    }))
}

/**
 * Draws the combination that applies to one request.
 * @param random returns an integer from 0 to below its argument, each with equal probability.
 */
export function drawOverriding(
  combinations: readonly Overriding[],
  random: (below: number) => number = randomInt,
): Overriding {
  const [first] = combinations
  if (!first) throw new Error('there is always a combination')
  if (combinations.length === 1) return first
  // In steps of a thousandth of a percent.
  const drawn = random(100_000) / 1_000
  return combinations.findLast(({ roll }) => roll <= drawn) ?? first
}
