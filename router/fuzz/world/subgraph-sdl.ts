import {
  type Abstract,
  type Entity,
  type Field,
  type FromContext,
  isSingle,
  type RequiredField,
  TYPE_KEY,
  typeText,
  type World,
  widened,
} from './world.ts'

/** The SDL of one subgraph of a world. */
export function worldSdl(world: World, subgraph: string): string {
  const text: string[] = []
  const query = fieldsOf(world.roots, subgraph, world)
  if (query.length > 0) text.push(block('type Query', query))
  const mutation = fieldsOf(world.mutations, subgraph, world)
  if (mutation.length > 0) text.push(block('type Mutation', mutation))
  for (const entity of world.entities) text.push(...entitySdl(world, entity, subgraph))
  for (const abstract of world.abstracts) text.push(...abstractSdl(world, abstract, subgraph))
  return [...text, ...restSdl(world, subgraph, text.join('\n'))].join('\n')
}

/** The declarations of fields that a subgraph resolves, or resolved before an override. */
function fieldsOf(fields: readonly Field[], subgraph: string, world: World): string[] {
  return fields
    .filter(({ owners, overridden }) => owners.includes(subgraph) || overridden === subgraph)
    .map((field) => fieldSdl(field, subgraph, world))
}

function fieldSdl(field: Field, subgraph: string, world: World): string {
  const { name, type, argument, owners, overridden, requires, provides, inaccessible } = field
  const marks: string[] = []
  if (inaccessible || mentionsHidden(field, world)) marks.push('@inaccessible')
  const isOwned = owners.includes(subgraph)
  const isProvidedElsewhere = everyField(world).some((other) => other.provides?.field === name)
  if (owners.length > 1 || isProvidedElsewhere) marks.push('@shareable')
  if (isOwned && overridden && owners[0] === subgraph) marks.push(overrideText(field))
  if (requires) marks.push(`@requires(fields: "${requires.fields.map(requiredText).join(' ')}")`)
  if (provides?.subgraph === subgraph) marks.push(`@provides(fields: "${provides.field}")`)
  const head = field.context
    ? contextual(name, field.context, typeText(type))
    : signature(
        name,
        argument,
        typeText(field.wide === subgraph ? widened(type) : type),
        hiddenMark(argument?.type.named ?? '', world),
      )
  return [head, ...marks].join(' ')
}

function signature(name: string, argument: Field['argument'], type: string, mark = ''): string {
  return `${name}${argument ? `(${argument.name}: ${typeText(argument.type)}${mark})` : ''}: ${type}`
}

function hiddenMark(named: string, { hidden }: World): string {
  return hidden.includes(named) ? ' @inaccessible' : ''
}

/** Whether the type of a field, or of an argument that clients must provide, is inaccessible. */
function mentionsHidden({ type, argument }: Field, { hidden }: World): boolean {
  const isNeeded = argument?.type.shape.endsWith('!') && hidden.includes(argument.type.named)
  return hidden.includes(type.named) || isNeeded === true
}

function overrideText({ overridden, percent }: Field): string {
  return `@override(from: "${overridden}"${percent === null ? '' : `, label: "percent(${percent})"`})`
}

/** The argument is nullable at each level, whatever the value's type: composition compares them so. */
function contextual(name: string, context: FromContext, own: string): string {
  const { holders, type } = context
  const given = typeText(type).replaceAll('!', '')
  const fields = [...new Set(holders.map(({ field }) => field))]
  const taken =
    fields.length === 1
      ? `{ ${fields} }`
      : holders.map((holder) => `... on ${holder.name} { ${holder.field} }`).join(' ')
  return `${name}(by: ${given} @fromContext(field: "$${contextName(context)} ${taken}")): ${own}`
}

function contextName({ holders }: FromContext): string {
  return `of${holders.map(({ name }) => name).join('')}`
}

function requiredText({ name, argument, nested }: RequiredField): string {
  const given = argument ? `(${argument.name}: ${argument.value})` : ''
  const below = nested?.map(({ on, name: inner, argument: own }) => {
    const text = `${inner}${own ? `(${own.name}: ${own.value})` : ''}`
    return on === null ? text : `... on ${on} { ${text} }`
  })
  return `${name}${given}${below ? ` { ${below.join(' ')} }` : ''}`
}

function everyField(world: World): readonly Field[] {
  return [...world.roots, ...world.mutations, ...world.entities.flatMap(({ fields }) => fields)]
}

const KEY_FIELDS: Readonly<Record<string, string>> = {
  id: 'id: ID!',
  code: 'code: String!',
  zone: 'zone: Int!',
  box: 'box: Box!',
  [TYPE_KEY]: 'mark: Int @shareable',
}

function entitySdl(world: World, entity: Entity, subgraph: string): string[] {
  const isHome = entity.homes.has(subgraph)
  const keys =
    entity.homes.get(subgraph) ??
    (entity.references.has(subgraph) ? ([isSingle(entity) ? TYPE_KEY : 'id'] as const) : null)
  if (!keys) return []
  const implemented = world.abstracts
    .filter(
      ({ kind, homes, members }) =>
        kind === 'interface' && homes.includes(subgraph) && members.includes(entity.name),
    )
    .map(({ name }) => name)
  const marks = keys.map((key) => `@key(fields: "${key}"${isHome ? '' : ', resolvable: false'})`)
  const parts = new Set(
    keys.flatMap((key) =>
      key
        .replace(/\{.*\}/, '')
        .trim()
        .split(' '),
    ),
  )
  const keyFields = [...parts].map((part) =>
    part === 'code' && entity.hidesCode ? `${KEY_FIELDS[part]} @inaccessible` : (KEY_FIELDS[part] ?? ''),
  )
  const head = `type ${entity.name}${implemented.length > 0 ? ` implements ${implemented.join(' & ')}` : ''}${hiddenMark(entity.name, world)}`
  const own = fieldsOf(entity.fields, subgraph, world)
  for (const context of contextsOf(world, subgraph)) {
    const isHeld = context.holders.some(({ name }) => name === entity.name)
    if (isHeld) marks.push(`@context(name: "${contextName(context)}")`)
  }
  return [block(`${head} ${marks.join(' ')}`, [...keyFields, ...own, ...externals(world, entity, subgraph)])]
}

/** Arguments that fields of a subgraph take from objects above them. */
function contextsOf({ entities }: World, subgraph: string): readonly FromContext[] {
  return entities.flatMap(({ fields }) =>
    fields.flatMap(({ context, owners }) => (context && owners.includes(subgraph) ? [context] : [])),
  )
}

/** Fields that the subgraph only requires or provides. */
function externals(world: World, entity: Entity, subgraph: string): string[] {
  const required = entity.fields
    .filter(({ owners }) => owners.includes(subgraph))
    .flatMap(({ requires }) => requires?.fields.map(({ name }) => name) ?? [])
  const provided = everyField(world)
    .filter(({ provides, type }) => provides?.subgraph === subgraph && type.named === entity.name)
    .map(({ provides }) => provides?.field)
  const names = new Set([...required, ...provided, ...nestedNames(world, entity, subgraph)])
  return entity.fields
    .filter(({ name, owners }) => names.has(name) && !owners.includes(subgraph))
    .map(({ name, argument, type }) => `${signature(name, argument, typeText(type))} @external`)
}

/** Fields of an entity that fields of others require. */
function nestedNames({ entities, abstracts }: World, { name }: Entity, subgraph: string): readonly string[] {
  const isOf = (type: string) =>
    type === name || abstracts.some((one) => one.name === type && one.members.includes(name))
  return entities.flatMap(({ fields }) =>
    fields
      .filter(({ owners }) => owners.includes(subgraph))
      .flatMap(({ requires }) => requires?.fields ?? [])
      .filter((required) => isOf(fields.find((field) => field.name === required.name)?.type.named ?? ''))
      .flatMap(({ nested }) => nested ?? [])
      .flatMap((one) => (one.on === null || one.on === name ? [one.name] : [])),
  )
}

function abstractSdl(world: World, abstract: Abstract, subgraph: string): string[] {
  const { name, kind, members, fields, homes, asObject } = abstract
  if (asObject?.subgraph === subgraph) {
    const own = fieldsOf(asObject.fields, subgraph, world)
    return [
      block(`type ${name} @interfaceObject @key(fields: "id")${hiddenMark(name, world)}`, [
        'id: ID!',
        ...own,
        ...objectExternals(abstract),
      ]),
    ]
  }
  if (!homes.includes(subgraph)) return []
  if (kind === 'union') return [`union ${name}${hiddenMark(name, world)} = ${members.join(' | ')}`]
  const own = fields
    .filter(({ owners }) => owners.includes(subgraph))
    .map(({ name: field, type }) => `${field}: ${typeText(type)}${hiddenMark(type.named, world)}`)
  const head = `interface ${name}${asObject ? ' @key(fields: "id")' : ''}${hiddenMark(name, world)}`
  return [block(head, ['id: ID!', ...own])]
}

/** Fields of an interface that those of its object require. */
function objectExternals({ fields, asObject }: Abstract): readonly string[] {
  const required = asObject?.fields.flatMap(({ requires }) => requires?.fields ?? []) ?? []
  return fields
    .filter(({ name }) => required.some((one) => one.name === name))
    .map(({ name, type }) => `${name}: ${typeText(type)} @external`)
}

/** The value types, enums, inputs and scalars that the SDL refers to. */
function restSdl(world: World, subgraph: string, named: string): string[] {
  const { values, enums, inputs } = world
  const text: string[] = []
  // Latest first: a value type may contain an earlier one.
  for (const { name, fields } of [...values].reverse()) {
    if (!mentions(`${named}\n${text.join('\n')}`, name)) continue
    text.push(
      block(
        `type ${name} @shareable${hiddenMark(name, world)}`,
        fields
          .filter(({ owners }) => owners.length === 0 || owners.includes(subgraph))
          .map((field) => `${field.name}: ${typeText(field.type)}${hiddenMark(field.type.named, world)}`),
      ),
    )
  }
  const all = () => `${named}\n${text.join('\n')}`
  for (const { name, hidden } of inputs) {
    if (!mentions(all(), name)) continue
    const fields = { of: 'Hue', much: '[Int!]', more: 'Wish', least: 'Int! = 3' }
    const shown = Object.entries(fields).map(([field, type]) => {
      const isHidden = hidden.includes(field) || world.hidden.includes(type)
      return `${field}: ${type}${isHidden ? ' @inaccessible' : ''}`
    })
    text.push(block(`input ${name}${hiddenMark(name, world)}`, shown))
  }
  for (const { name, values: members, hidden } of enums) {
    const shown = members.map((member) => `${member}${hidden.includes(member) ? ' @inaccessible' : ''}`)
    if (mentions(all(), name)) text.push(`enum ${name}${hiddenMark(name, world)} { ${shown.join(' ')} }`)
  }
  if (mentions(all(), 'Box')) text.push('type Box @shareable { tag: String! }')
  if (mentions(all(), 'Blob')) text.push('scalar Blob')
  return text
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(text)
}

function block(head: string, lines: readonly string[]): string {
  return `${head} {\n  ${lines.join('\n  ')}\n}`
}
