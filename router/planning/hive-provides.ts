import {
  type ArgumentNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  parse,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql'

/** What one field says that a subgraph provides below it. */
type Provision = {
  readonly subgraph: string
  readonly parent: string
  /** The type that the field returns, and what it provides of it. */
  readonly what: string
  /** Every type that it provides something of. */
  readonly types: ReadonlySet<string>
  readonly argument: ArgumentNode
}

/** What a supergraph's types are made of, as far as `@provides` can reach it. */
type Types = {
  readonly fields: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** The objects of each interface and union. */
  readonly members: ReadonlyMap<string, readonly string[]>
}

/**
 * The supergraph without each `provides` that Hive's planner would take for another. It numbers those of a subgraph from one in
 * each type that has some, and knows them by that number and the type that they return: of two fields in two types it thinks that
 * either provides what both do, and asks for what is not there. What is not provided is fetched; where that cannot be, no
 * plan is found, and Apollo's planner is asked.
 */
export function withoutMistakenProvides(sdl: string): string {
  if ((sdl.match(/\bprovides\s*:\s*"/g) ?? []).length < 2) return sdl
  const kept: Provision[] = []
  let text = ''
  let at = 0
  for (const provision of provisionsOf(parse(sdl))) {
    if (!kept.some((other) => areMistaken(provision, other))) {
      kept.push(provision)
      continue
    }
    const { start = at, end = at } = provision.argument.loc ?? {}
    text += sdl.slice(at, start)
    at = end
  }
  return text + sdl.slice(at)
}

function areMistaken(one: Provision, other: Provision): boolean {
  const isApart = one.subgraph !== other.subgraph || one.parent === other.parent || one.what === other.what
  return !isApart && [...one.types].some((type) => other.types.has(type))
}

function provisionsOf(document: DocumentNode): readonly Provision[] {
  const types = typesOf(document)
  return document.definitions.flatMap((node) => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) return []
    return (node.fields ?? []).flatMap((field) =>
      (field.directives ?? []).flatMap((directive) => provision(node.name.value, field, directive, types)),
    )
  })
}

function provision(
  parent: string,
  field: FieldDefinitionNode,
  { name, arguments: given = [] }: DirectiveNode,
  types: Types,
): readonly Provision[] {
  const argumentNamed = (wanted: string) => given.find((one) => one.name.value === wanted)
  const [argument, graph] = [argumentNamed('provides'), argumentNamed('graph')?.value]
  if (name.value !== 'join__field' || argument?.value.kind !== Kind.STRING || graph?.kind !== Kind.ENUM)
    return []
  const [returned, fields] = [nameOf(field.type), argument.value.value]
  const [set] = parse(`{ ${fields} }`, { noLocation: true }).definitions
  const reached = new Set<string>()
  if (set?.kind === Kind.OPERATION_DEFINITION) reach(set.selectionSet, returned, types, reached)
  return [{ subgraph: graph.value, parent, what: `${returned} { ${fields} }`, types: reached, argument }]
}

function reach({ selections }: SelectionSetNode, type: string, types: Types, reached: Set<string>): void {
  for (const one of [type, ...(types.members.get(type) ?? [])]) reached.add(one)
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD || !selection.selectionSet) continue
    const below =
      selection.kind === Kind.FIELD
        ? types.fields.get(type)?.get(selection.name.value)
        : selection.typeCondition?.name.value
    reach(selection.selectionSet, below ?? type, types, reached)
  }
}

function typesOf({ definitions }: DocumentNode): Types {
  const fields = new Map<string, ReadonlyMap<string, string>>()
  const members = new Map<string, string[]>()
  for (const node of definitions) {
    if (node.kind === Kind.UNION_TYPE_DEFINITION) {
      members.set(
        node.name.value,
        (node.types ?? []).map((type) => type.name.value),
      )
    }
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue
    fields.set(node.name.value, new Map(node.fields?.map(({ name, type }) => [name.value, nameOf(type)])))
    for (const { name } of node.interfaces ?? []) {
      const known = members.get(name.value) ?? []
      members.set(name.value, [...known, node.name.value])
    }
  }
  return { fields, members }
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type)
}
