import { setImmediate as nextTurn } from 'node:timers/promises'
import { buildSubgraphSchema } from '@apollo/subgraph'
import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  Kind,
  parse,
  responsePathAsArray,
  visit,
} from 'graphql'
import { type Losses, noteLosses, TYPE } from '../judge/lost-values.ts'
import { begin, end, type RequestLog, requestRules } from '../judge/request-rules.ts'
import type { Seen, SubgraphResponse } from '../judge/subgraph-response.ts'
import { type Faults, faultsOf } from '../world/fault.ts'
import { type Facts, type Instance, takenFrom } from '../world/field-values.ts'
import { isSingle } from '../world/world.ts'

export type SubgraphRequest = {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
}
/** A field that a call resolves, and of which object. */
/** Faults of one case, and a log of their effects. */
export type Trail = {
  readonly faults: Faults
  readonly losses: Losses
  readonly mutated: string[]
  readonly log: RequestLog
}

/** The subgraphs of a world in this process, with the responses that they would send over HTTP. */
export type InProcess = {
  /** The parsed JSON of a response; null if the subgraph cannot be reached. */
  ask(subgraph: string, request: SubgraphRequest, trail: Trail): Promise<SubgraphResponse | null>
}

type Context = {
  readonly subgraph: string
  readonly faults: Faults
  /** Null if it is not needed. */
  readonly seen: Seen[] | null
  readonly mutated: string[]
}

const NO_FAULTS = faultsOf([])

export function inProcess(facts: Facts, sdls: ReadonlyMap<string, string>): InProcess {
  const strict = new Map([...sdls].map(([name, sdl]) => [name, schemaOf(facts, parse(sdl))]))
  const lax = new Map<string, GraphQLSchema>()
  const documents = new Map<string, DocumentNode>()
  const laxSchema = (subgraph: string) => {
    const known = lax.get(subgraph)
    if (known) return known
    const made = schemaOf(facts, nullable(parse(sdls.get(subgraph) ?? '')))
    lax.set(subgraph, made)
    return made
  }
  const documentOf = (text: string) => {
    const known = documents.get(text)
    if (known) return known
    const document = parse(text, { noLocation: true })
    documents.set(text, document)
    return document
  }
  const fieldResolver = resolverOf(facts)
  const rules = requestRules(facts.world.abstracts.some(({ asObject }) => asObject !== null))
  const answered = async (
    subgraph: string,
    { query, variables: variableValues }: SubgraphRequest,
    { faults, mutated }: Pick<Trail, 'faults' | 'mutated'>,
    seen: Seen[] | null,
  ): Promise<SubgraphResponse> => {
    const schema = faults.isLax(subgraph) ? laxSchema(subgraph) : strict.get(subgraph)
    if (!schema) throw new Error(`there is no subgraph ${subgraph}`)
    const contextValue: Context = { subgraph, faults, seen, mutated }
    const document = documentOf(query)
    const result = await execute({ schema, document, variableValues, contextValue, fieldResolver })
    const { data = null, errors = [] } = JSON.parse(JSON.stringify(result))
    return { data, errors }
  }
  return {
    async ask(subgraph, request, trail) {
      const { faults, losses, log } = trail
      const document = documentOf(request.query)
      const schema = strict.get(subgraph)
      const wrong = schema ? rules(subgraph, schema, document) : null
      if (wrong) log.wrong.push(wrong)
      const isMutation = begin(log, subgraph, document)
      // A request takes at least one turn of the event loop, as over a network.
      await nextTurn()
      const answer = faults.isDown(subgraph) ? null : await answered(subgraph, request, trail, null)
      end(log, isMutation)
      if (faults.strike(subgraph)) {
        const seen: Seen[] = []
        noteLosses(
          losses,
          seen,
          await answered(subgraph, request, { faults: NO_FAULTS, mutated: [] }, seen),
          answer,
        )
      }
      return answer
    },
  }
}

type Module = Extract<
  Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number],
  { typeDefs: unknown }
>

function schemaOf(facts: Facts, typeDefs: DocumentNode): GraphQLSchema {
  const resolvers: Record<string, object> = {}
  for (const node of typeDefs.definitions) {
    const isType = node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION
    const isEntity = isType && node.directives?.some(({ name }) => name.value === 'key')
    if (!isEntity) continue
    const resolveReference = (
      reference: Readonly<Record<string, unknown>>,
      context: Context,
      { path }: GraphQLResolveInfo,
    ) => referred(facts, node.name.value, reference, context, String(path.key))
    resolvers[node.name.value] = { __resolveReference: resolveReference }
  }
  // The library's resolver map wants resolvers typed by its own context.
  return buildSubgraphSchema([{ typeDefs, resolvers: resolvers as Module['resolvers'] }])
}

/** The entity of a reference, by any of its keys. */
function referred(
  { world }: Facts,
  type: string,
  representation: Readonly<Record<string, unknown>>,
  { subgraph, faults, seen }: Context,
  alias: string,
): Instance | null {
  // The key is one of these; any other is an error of the router, and throws below.
  const box = representation.box as { readonly tag?: unknown } | undefined
  const text = String(representation.id ?? representation.code ?? box?.tag)
  const found = /([EK]\d+):(\d+)$/.exec(text)
  const isOnly = world.entities.some((entity) => entity.name === type && isSingle(entity))
  if (!found?.[1] && !isOnly) throw new Error(`no key in ${JSON.stringify(representation)}`)
  const concrete = found?.[1] ?? type
  const number = Number(found?.[2] ?? 0)
  if (seen) {
    const index = seen.filter(({ name, path }) => name === TYPE && path[0] === alias).length
    seen.push({ path: [alias, index], concrete, number, name: TYPE })
  }
  if (faults.hits('missing', subgraph, concrete, number)) return null
  const isInterface = world.abstracts.some(
    ({ name, asObject }) => name === type && asObject?.subgraph !== subgraph,
  )
  return { __typename: isInterface ? concrete : type, concrete, number, representation, provided: null }
}

function resolverOf(facts: Facts): GraphQLFieldResolver<Instance | undefined, Context> {
  return (source, args, { subgraph, faults, seen, mutated }, { parentType, fieldName, path }) => {
    const { concrete = parentType.name, number = 0, representation = null, provided = null } = source ?? {}
    if (parentType.name === 'Mutation') mutated.push(fieldName)
    seen?.push({ path: responsePathAsArray(path), concrete, number, name: fieldName })
    if (parentType.name === 'Box') return `${concrete}:${number}`
    const name = `${parentType.name}.${fieldName}`
    if (faults.hits('throws', subgraph, name, number)) throw new GraphQLError(`${name} ${number} fails`)
    if (faults.hits('nothing', subgraph, name, number)) return null
    const field = facts.field(concrete, fieldName)
    if (field?.context) return facts.made(concrete, number, fieldName, args)
    const isLost = field?.overridden === subgraph && field.percent === null
    if (isLost) throw new GraphQLError(`${name} was taken over by another subgraph`)
    if (field?.requires) {
      const sent = takenFrom(representation, field.requires.fields)
      const known = facts.required(concrete, number, fieldName)
      // Provided fields need not be sent: the subgraph resolves them.
      const required = Object.keys(sent).map((name) => [name, (name === provided ? known : sent)[name]])
      return facts.made(concrete, number, fieldName, Object.fromEntries(required))
    }
    const isKnown =
      !field || [...field.owners, field.overridden].includes(subgraph) || field.owners.length === 0
    // An external field that is selected where it is not provided: this subgraph cannot resolve it.
    if (!isKnown && provided !== fieldName) return null
    const provides = field?.provides?.subgraph === subgraph ? field.provides.field : null
    return asSeenBy(facts, subgraph, provides, facts.value(concrete, number, fieldName, args))
  }
}

/** In a subgraph with an interface object, the instances have its type. */
function asSeenBy(facts: Facts, subgraph: string, provided: string | null, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => asSeenBy(facts, subgraph, provided, element))
  if (typeof value !== 'object' || value === null || !('concrete' in value)) return value
  // Checked on the line above.
  const instance = value as Instance
  const seen = facts.world.abstracts.find(
    ({ asObject, members }) => asObject?.subgraph === subgraph && members.includes(instance.concrete),
  )
  return { ...instance, __typename: seen?.name ?? instance.__typename, provided } satisfies Instance
}

/** The schema with every output field nullable at every level. */
function nullable(document: DocumentNode): DocumentNode {
  return visit(document, {
    FieldDefinition(field) {
      const type = visit(field.type, { NonNullType: { leave: (node) => node.type } })
      return { ...field, type }
    },
  })
}
