import type { VariableDefinitionNode } from 'graphql'
import type { EntityFetch, EntityLane, PlanPath, RequiredSelection, RootFetch } from '../plan.ts'
import { writeVariable } from '../write-operation.ts'
import { NotDirect } from './not-direct.ts'

/** A request to a subgraph, while fields are added to it. */
export type Draft = {
  readonly subgraph: string
  /** The drafts that bring what it needs. */
  readonly after: ReadonlySet<Draft>
  readonly selection: SelectionDraft
  /** The client's variables that its arguments use. */
  readonly variables: string[]
  /** Whether something is selected of some types only. */
  isTyped: boolean
  readonly of: { readonly kind: 'query' | 'mutation' } | EntityDraft
}

type EntityDraft = {
  readonly kind: 'entities'
  readonly type: string
  readonly path: PlanPath
  readonly requires: readonly RequiredSelection[]
}

/** What is selected of the objects at one place. */
export type SelectionDraft = {
  typename: boolean
  /** By data key. */
  readonly fields: Map<string, FieldDraft>
  /** Of objects of one type only, by its name. null: nothing is. */
  types: Map<string, SelectionDraft> | null
}

type FieldDraft = {
  /** With its arguments. */
  readonly text: string
  readonly shape: string
  /** null: a leaf. */
  readonly below: SelectionDraft | null
}

export function newSelection(): SelectionDraft {
  return { typename: false, fields: new Map(), types: null }
}

/** @param declarations of the client's variables. */
export function fetchOf(
  draft: Draft,
  declarations: readonly VariableDefinitionNode[],
): RootFetch | EntityFetch {
  const { subgraph, of, selection } = draft
  if (draft.isTyped) requireOneShape([selection])
  const variables = variablesOf(draft, declarations)
  const common = { subgraph, operationName: null, variables: [...variables.keys()] }
  const declared = [...variables.values()].join(',')
  if (of.kind !== 'entities') {
    const head = of.kind === 'query' && declared === '' ? '' : of.kind
    const operation = `${head}${declared && `(${declared})`}${textOf(selection)}`
    const root = { path: NONE, outputRewrites: NONE, operationKind: of.kind }
    return { kind: 'root', ...common, operation, ...root }
  }
  let variable = 'representations'
  while (variables.has(variable)) variable = `_${variable}`
  const selected = `{...on ${of.type}${textOf(selection)}}`
  const head = `query($${variable}:[_Any!]!${declared && `,${declared}`})`
  const operation = `${head}{_entities(representations:$${variable})${selected}}`
  const nothing = { inputRewrites: NONE, outputRewrites: NONE, contexts: NONE }
  const lane: EntityLane = {
    ...{ alias: '_entities', variable, paths: [of.path], requires: of.requires },
    ...nothing,
  }
  return {
    kind: 'entities',
    ...common,
    operation,
    lanes: [lane],
    pieces: { selections: [selected], variables },
  }
}

const NONE: readonly never[] = []
const NO_VARIABLES: ReadonlyMap<string, string> = new Map()

/** The declarations of the variables that it uses, by name. */
function variablesOf(
  { variables }: Draft,
  declarations: readonly VariableDefinitionNode[],
): ReadonlyMap<string, string> {
  if (variables.length === 0) return NO_VARIABLES
  const used = declarations.filter(({ variable }) => variables.includes(variable.name.value))
  return new Map(used.map((declaration) => [declaration.variable.name.value, writeVariable(declaration)]))
}

function textOf({ typename, fields, types }: SelectionDraft): string {
  let text = typename || (fields.size === 0 && !types) ? '{__typename' : '{'
  for (const { text: field, below } of fields.values()) {
    if (text !== '{') text += ' '
    text += below ? field + textOf(below) : field
  }
  for (const [type, selection] of types ?? [])
    text += `${text === '{' ? '' : ' '}...on ${type}${textOf(selection)}`
  return `${text}}`
}

/**
 * What objects of different types say under one key must be of one shape (5.3.2): a key or a required field that comes in
 * beside what the client selects can be of another.
 * @throws NotDirect where it is.
 */
function requireOneShape(selections: readonly SelectionDraft[]): void {
  const byKey = new Map<string, FieldDraft[]>()
  const add = ({ fields, types }: SelectionDraft) => {
    for (const [key, field] of fields) {
      const known = byKey.get(key)
      if (known) known.push(field)
      else byKey.set(key, [field])
    }
    types?.forEach(add)
  }
  selections.forEach(add)
  for (const [key, fields] of byKey) {
    if (fields.some(({ shape }) => shape !== fields[0]?.shape))
      throw new NotDirect(`objects of one place have ${key} in different shapes`)
    requireOneShape(fields.flatMap(({ below }) => below ?? []))
  }
}
