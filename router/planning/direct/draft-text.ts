// Tested in ../planner.test.ts: the test checks the texts in a plan.

import type { VariableDefinitionNode } from 'graphql'
import { writeVariable } from '../../operation/print-operation.ts'
import type { EntityFetch, EntityLane, RootFetch } from '../plan.ts'
import type { ContextVariable, Draft, EntityDraft, RootDraft, SelectionDraft } from './draft.ts'
import { type Separated, separateShapes } from './response-shapes.ts'
import { TooLarge } from './unplannable.ts'

/** The request of a draft. @param declarations of the client's variables. */
export function fetchOf(
  draft: Draft,
  declarations: readonly VariableDefinitionNode[],
): RootFetch | EntityFetch {
  const { of, selection } = draft
  const separated = draft.isTyped ? separateShapes(selection) : NOTHING_SEPARATED
  const text = textOf(selection, separated.aliases)
  const variables = variablesOf(draft, declarations)
  return of.kind === 'entities'
    ? entityFetch(draft, of, text, separated, variables)
    : rootFetch(draft, of, text, separated, variables)
}

const NONE: readonly never[] = []
const NO_VARIABLES: ReadonlyMap<string, string> = new Map()
const NOTHING_SEPARATED: Separated = { aliases: new Map(), renames: NONE }

function rootFetch(
  { subgraph }: Draft,
  { kind, path }: RootDraft,
  text: string,
  { renames: outputRewrites }: Separated,
  variables: ReadonlyMap<string, string>,
): RootFetch {
  const declared = [...variables.values()].join(',')
  const head = kind === 'query' && declared === '' ? '' : kind
  const operation = `${head}${declared && `(${declared})`}${text}`
  const common = { subgraph, operation, operationName: null, variables: [...variables.keys()] }
  return { kind: 'root', ...common, path, outputRewrites, operationKind: kind }
}

function entityFetch(
  { subgraph }: Draft,
  { types, path, requires, inputRewrites, contexts }: EntityDraft,
  text: string,
  { renames: outputRewrites }: Separated,
  variables: ReadonlyMap<string, string>,
): EntityFetch {
  const declarations = contexts.length > 0 ? withContexts(variables, contexts) : variables
  let variable = 'representations'
  while (declarations.has(variable)) variable = `_${variable}`
  let declared = ''
  for (const declaration of declarations.values()) declared += `,${declaration}`
  let selected = ''
  limitText(text.length * types.length)
  for (const type of types) selected += `${selected === '' ? '{' : ' '}...on ${type}${text}`
  selected += '}'
  const lane: EntityLane = {
    ...{ alias: '_entities', variable, paths: [path], requires, inputRewrites, outputRewrites },
    contexts: contexts.length > 0 ? contexts.flatMap(valuesOf) : NONE,
  }
  return {
    kind: 'entities',
    ...{ subgraph, operationName: null, variables: variables.size > 0 ? [...variables.keys()] : NONE },
    operation: `query($${variable}:[_Any!]!${declared}){_entities(representations:$${variable})${selected}}`,
    lanes: [lane],
    pieces: { selections: [selected], variables: declarations },
  }
}

function withContexts(
  variables: ReadonlyMap<string, string>,
  contexts: readonly ContextVariable[],
): ReadonlyMap<string, string> {
  return new Map([...variables, ...contexts.map(({ name, type }) => [name, `$${name}:${type}`] as const)])
}

function valuesOf({ name, values }: ContextVariable): EntityLane['contexts'] {
  return values.map((one) => ({ ...one, variable: name }))
}

/** The declarations of the client's variables that it uses, by name. */
function variablesOf(
  { variables }: Draft,
  declarations: readonly VariableDefinitionNode[],
): ReadonlyMap<string, string> {
  if (variables.length === 0) return NO_VARIABLES
  const used = declarations.filter(({ variable }) => variables.includes(variable.name.value))
  return new Map(used.map((declaration) => [declaration.variable.name.value, writeVariable(declaration)]))
}

function textOf({ typename, fields, types }: SelectionDraft, aliases: Separated['aliases']): string {
  let text = typename || fields.size === 0 ? '{__typename' : '{'
  for (const field of fields.values()) {
    const { call, below } = field
    const name = aliases.size === 0 ? field.key : (aliases.get(field) ?? field.key)
    if (text !== '{') text += ' '
    if (call !== name && !call.startsWith(`${name}(`)) text += `${name}:`
    text += below ? call + textOf(below, aliases) : call
  }
  for (const { names, selection } of types?.values() ?? []) {
    const below = textOf(selection, aliases)
    limitText(text.length + below.length * names.length)
    for (const name of names) text += `${text === '{' ? '' : ' '}...on ${name}${below}`
  }
  return `${text}}`
}

/**
 * Maximum number of characters of a request. A fragment is repeated for each type of a kind, so nested
 * fragments multiply.
 */
const MAX_CHARACTERS = 4_000_000

/** @throws TooLarge */
function limitText(characters: number): void {
  if (characters > MAX_CHARACTERS)
    throw new TooLarge(`one of its requests would have more than ${MAX_CHARACTERS} characters`)
}
