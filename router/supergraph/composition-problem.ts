import { relative } from 'node:path'
import type { ASTNode, GraphQLError, Location } from 'graphql'
import { shownName, visible } from '../quoted.ts'
import { coordinateAt } from './coordinate.ts'
import type { SubgraphSource } from './supergraph-yaml.ts'

/** One composition error, with the data by which the responsible team finds it. */
export type CompositionProblem = {
  readonly code: string
  readonly message: string
  /** The subgraphs involved; empty if composition does not state them. */
  readonly subgraphs: readonly string[]
  /** `Type.field`, `Type` or `@directive`; null if composition does not state it. */
  readonly coordinate: string | null
  /** `file:line`, one per place. */
  readonly places: readonly string[]
}

/** Composition prefixes an error of one subgraph with its name in brackets. */
const SUBGRAPH_PREFIX = /^\[([^\]]+)\] /
/** The subgraphs in the messages of composition and of graphql-js. */
const MENTIONED_SUBGRAPHS = /\bsubgraphs? ((?:"[^"]+"(?:, | and )?)+)/g
const MENTIONED_COORDINATE =
  /"([A-Z_a-z]\w*\.\w+)(?:\([^"]*\))?"|[Ff]ield "?(\w+)"? already exists on (\w+)|[Tt]ype "(\w+)"/

/** Converts a composition error; `subgraphs` are the composed ones. */
export function problemOf(error: GraphQLError, subgraphs: readonly SubgraphSource[]): CompositionProblem {
  const own = SUBGRAPH_PREFIX.exec(error.message)?.[1]
  const places = (error.nodes ?? []).flatMap((node) => placeOf(node, subgraphs))
  const named = own ? [own] : places.map((place) => place.subgraph.name)
  const unlocated = named.length > 0 ? named : mentionedSubgraphs(error.message)
  return {
    code: typeof error.extensions.code === 'string' ? error.extensions.code : 'INVALID_GRAPHQL',
    message: error.message.replace(SUBGRAPH_PREFIX, ''),
    subgraphs: [...new Set(unlocated)],
    coordinate:
      mentionedCoordinate(error.message) ??
      places.map((place) => coordinateAt(place.at)).find(Boolean) ??
      null,
    places: [...new Set(places.map(({ at }) => `${at.source.name}:${at.startToken.line}`))],
  }
}

/** A problem as text for the console: message, subgraphs, places, coordinate. */
export function describeProblem(problem: CompositionProblem): string {
  const { code, coordinate, subgraphs, places, message } = problem
  const whose = subgraphs.length > 0 ? `  in ${subgraphs.map(shownName).join(', ')}` : ''
  const where = places.length > 0 ? `  (${places.map(fromHere).map(shownName).join(', ')})` : ''
  return `${shownName(code)}  ${coordinate ?? 'the whole schema'}${whose}${where}\n    ${visible(message).replaceAll('\n', '\n    ')}`
}

function fromHere(place: string): string {
  const path = relative('.', place)
  return path.startsWith('..') ? place : path
}

function placeOf(
  node: ASTNode,
  subgraphs: readonly SubgraphSource[],
): { subgraph: SubgraphSource; at: Location }[] {
  const at = node.loc
  // Two subgraphs may be in one YAML file, so the text distinguishes them.
  const subgraph = at && subgraphs.find(({ file, sdl }) => file === at.source.name && sdl === at.source.body)
  return at && subgraph ? [{ subgraph, at }] : []
}

function mentionedSubgraphs(message: string): string[] {
  return [...message.matchAll(MENTIONED_SUBGRAPHS)].flatMap(([, names = '']) =>
    [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
  )
}

function mentionedCoordinate(message: string): string | null {
  const match = MENTIONED_COORDINATE.exec(message)
  if (!match) return null
  const [, coordinate, field, owner, type] = match
  return coordinate ?? (field ? `${owner}.${field}` : (type ?? null))
}
