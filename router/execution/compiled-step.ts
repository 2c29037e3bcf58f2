// Tested in run/run-step.test.ts: the test checks what it sends.

import { parseExactly } from '../json/exact-json.ts'
import { readsAround } from '../planning/passes/steps.ts'
import type { EntityFetch, EntityLane, RootFetch, Step } from '../planning/plan.ts'
import {
  compileRepresentations,
  type Representations,
  type Requiring,
} from './entities/compile-representation.ts'
import { type DataPath, dataPathTo } from './entities/entities-at-path.ts'
import { applyRewrites, renamedBy } from './entities/rewrites.ts'
import type { Renamed } from './response/fetch-errors.ts'

/** A request that is ready to be sent. It is small, since an operation has many and is cached for long. */
export type CompiledStep = {
  readonly subgraph: string
  /** The body up to the first variable. */
  readonly head: string
  /** The client's variables that it contains. */
  readonly variables: readonly { readonly name: string; readonly label: string }[]
  readonly part: RootPart | EntityParts
  /**
   * Whether objects with equal representations get separate copies of its data, since the objects around them
   * make a difference.
   */
  readonly sharesNothing: boolean
  /** The number of steps that must end before this one, and the positions of those that wait for it. */
  readonly waitsFor: number
  readonly awaitedBy: readonly number[]
}

export type RootPart = {
  readonly kind: 'root'
  readonly mutates: boolean
  /** The path to the objects of the fields; null: the root itself. */
  readonly dataPath: DataPath | null
  readonly outputRewrites: RootFetch['outputRewrites']
  readonly renamed: Renamed | null
}

export type EntityParts = { readonly kind: 'entities'; readonly lanes: readonly CompiledLane[] }

export type CompiledLane = Pick<EntityLane, 'alias' | 'requires' | 'outputRewrites' | 'contexts'> & {
  /** `"variable":` */
  readonly label: string
  /** The paths to the entities. */
  readonly dataPaths: readonly DataPath[]
  readonly represent: Representations
  readonly renamed: Renamed | null
  /** The planner's changes to a representation's text; null if there are none. */
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
    head: headOf(fetch),
    variables: fetch.variables.map((name) => ({ name, label: labelOf(name) })),
    part: fetch.kind === 'root' ? rootPart(fetch, requiring) : entityParts(fetch, requiring),
    sharesNothing,
    waitsFor: after.size,
    // Copied, since an array that grew by `push` has spare capacity.
    awaitedBy: awaitedBy[position]?.slice() ?? [],
  }))
}

/** The text of the operation that a request sends. It is taken from the body, since it is rarely needed. */
export function operationOf({ head }: CompiledStep): string {
  const { query }: { readonly query: string } = JSON.parse(`${head}}}`)
  return query
}

function headOf({ operation, operationName }: RootFetch | EntityFetch): string {
  const name = operationName === null ? '' : `"operationName":${JSON.stringify(operationName)},`
  return inOnePiece('{"query":', JSON.stringify(operation), ',', name, '"variables":{')
}

function labelOf(variable: string): string {
  return inOnePiece(JSON.stringify(variable), ':')
}

/** Flattens a concatenated string, which V8 otherwise keeps as a tree of its parts. */
function inOnePiece(...parts: readonly string[]): string {
  return parts.join('')
}

function rootPart({ operationKind, path, outputRewrites }: RootFetch, { isOfType }: Requiring): RootPart {
  const dataPath = path.length === 0 ? null : dataPathTo(path, isOfType)
  const renamed = renamedBy(outputRewrites)
  return { kind: 'root', mutates: operationKind === 'mutation', dataPath, outputRewrites, renamed }
}

function entityParts({ lanes }: EntityFetch, requiring: Requiring): EntityParts {
  return {
    kind: 'entities',
    lanes: lanes.map((lane) => ({
      alias: lane.alias,
      requires: lane.requires,
      label: labelOf(lane.variable),
      dataPaths: lane.paths.map((path) => dataPathTo(path, requiring.isOfType)),
      outputRewrites: lane.outputRewrites,
      contexts: lane.contexts,
      represent: compileRepresentations(lane.requires, requiring),
      renamed: renamedBy(lane.outputRewrites),
      rewrite: rewriter(lane, requiring),
    })),
  }
}

function rewriter({ inputRewrites }: EntityLane, { isOfType }: Requiring): CompiledLane['rewrite'] {
  if (inputRewrites.length === 0) return null
  return (text) => {
    const representation = parseExactly(text)
    applyRewrites(inputRewrites, representation, isOfType)
    return JSON.stringify(representation)
  }
}
