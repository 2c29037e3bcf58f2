import type { EntityFetch, EntityLane, RootFetch, Step } from '../../planning/plan.ts'
import { type Gather, gatherer } from './entities-at.ts'
import { compileRepresentations, type Representations, type Requiring } from './representation.ts'
import { applyRewrites } from './rewrites.ts'
import { readsAround } from './steps.ts'

/** A request ready to be sent. */
export type CompiledStep = {
  readonly subgraph: string
  readonly operation: string
  /** The body up to the first variable. */
  readonly head: string
  /** The client's variables that go along. */
  readonly variables: readonly { readonly name: string; readonly label: string }[]
  readonly part: RootPart | EntityParts
  /** Objects that one representation stood for are apart: what is around them makes a difference. */
  readonly sharesNothing: boolean
  /** How many steps must be over before this one, and which ones wait for it: positions in the program. */
  readonly waitsFor: number
  readonly awaitedBy: readonly number[]
}

export type RootPart = {
  readonly kind: 'root'
  readonly fetch: RootFetch
  /** null: the root itself. */
  readonly gather: Gather | null
}

export type EntityParts = { readonly kind: 'entities'; readonly lanes: readonly CompiledLane[] }

export type CompiledLane = {
  readonly lane: EntityLane
  /** `"variable":` */
  readonly label: string
  readonly gather: readonly Gather[]
  readonly represent: Representations
  /** The planner's changes to a representation's text; null where it has none. */
  readonly rewrite: ((text: string) => string) | null
}

/** The steps of a program; each after those that it waits for. */
export function compileSteps(steps: readonly Step[], requiring: Requiring): readonly CompiledStep[] {
  const positions = new Map(steps.map((step, position) => [step, position]))
  const awaitedBy: number[][] = steps.map(() => [])
  for (const [position, { after }] of steps.entries()) {
    for (const before of after) awaitedBy[positions.get(before) ?? -1]?.push(position)
  }
  const sharesNothing = steps.some(({ fetch }) => readsAround(fetch))
  return steps.map(({ fetch, after }, position) => ({
    subgraph: fetch.subgraph,
    operation: fetch.operation,
    head: headOf(fetch),
    variables: fetch.variables.map((name) => ({ name, label: `${JSON.stringify(name)}:` })),
    part: fetch.kind === 'root' ? rootPart(fetch, requiring) : entityParts(fetch, requiring),
    sharesNothing,
    waitsFor: after.size,
    awaitedBy: awaitedBy[position] ?? [],
  }))
}

function headOf({ operation, operationName }: RootFetch | EntityFetch): string {
  const name = operationName === null ? '' : `"operationName":${JSON.stringify(operationName)},`
  return `{"query":${JSON.stringify(operation)},${name}"variables":{`
}

function rootPart(fetch: RootFetch, { isOfType }: Requiring): RootPart {
  return { kind: 'root', fetch, gather: fetch.path.length === 0 ? null : gatherer(fetch.path, isOfType) }
}

function entityParts({ lanes }: EntityFetch, requiring: Requiring): EntityParts {
  return {
    kind: 'entities',
    lanes: lanes.map((lane) => ({
      lane,
      label: `${JSON.stringify(lane.variable)}:`,
      gather: lane.paths.map((path) => gatherer(path, requiring.isOfType)),
      represent: compileRepresentations(lane.requires, requiring),
      rewrite: rewriter(lane, requiring),
    })),
  }
}

function rewriter({ inputRewrites }: EntityLane, { isOfType }: Requiring): CompiledLane['rewrite'] {
  if (inputRewrites.length === 0) return null
  return (text) => {
    const representation: unknown = JSON.parse(text)
    applyRewrites(inputRewrites, representation, isOfType)
    return JSON.stringify(representation)
  }
}
