import type { GraphQLSchema } from 'graphql'
import { type FetchOutcome, offer, type Read, type ResponseConsumer } from '../../fetching/fetch-outcome.ts'
import type { FetchSubgraph } from '../../fetching/fetch-subgraph.ts'
import type { RequestContext } from '../../request-context.ts'
import type { Readers } from '../../security/readers.ts'
import { type CompiledLane, type CompiledStep, operationOf, type RootPart } from '../compiled-step.ts'
import { groupByContext } from '../entities/context-arguments.ts'
import type { DataPath } from '../entities/entities-at-path.ts'
import { applyRewrites } from '../entities/rewrites.ts'
import { type Represented, represent } from '../entities/write-representations.ts'
import { errorPathCheck } from '../error-path-check.ts'
import { isObject, type Json, own } from '../own-property.ts'
import { readerContext } from '../reader-context.ts'
import { type Filled, markAnswered, markFailure } from '../response/fetch-errors.ts'
import { type Faults, newFaults } from '../response/field-errors.ts'
import { markLacking } from '../response/lacking-inputs.ts'
import { requestedFields } from '../response/requested-fields.ts'
import type { IsOfType } from '../type-names.ts'
import { merge } from './merge.ts'

/** One request of a client, being answered. */
export type Run = {
  readonly data: Json
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: RequestContext
  readonly fetches: ReadonlyMap<string, FetchSubgraph>
  readonly isOfType: IsOfType
  readonly supergraphSchema: GraphQLSchema
  readonly keys: Faults['keys']
  /** null while nothing has failed. */
  faults: Faults | null
  /** The calls that were made for this request already, by running it on texts or replaying another run. */
  readonly calls: Map<CompiledStep, Call>
  /** Whether all calls are kept there, for a recording. */
  readonly keeps: boolean
  /** Reader of the fields below a mutation's root fields; null until a response names one. */
  readers: Readers | null
}

type Call = { readonly body: string; readonly outcome: Promise<FetchOutcome> }

/**
 * Sends one request, unless it has nothing to fetch, and merges the response. Never rejects because of the
 * subgraph.
 */
export function runStep(step: CompiledStep, run: Run): Promise<void> | null {
  return step.part.kind === 'root' ? runRoot(step, step.part, run) : runEntities(step, step.part.lanes, run)
}

async function runRoot(step: CompiledStep, part: RootPart, run: Run): Promise<void> {
  const { mutates, dataPath, outputRewrites, renamed } = part
  const objects: Json[] = []
  if (dataPath) dataPath.gather(run.data, objects)
  else objects.push(run.data)
  if (objects.length === 0) return
  const body = `${step.head}${clientVariables(step, run, '')}}}`
  const outcome = await send(step, body, mutates, run)
  const filled: Filled = { alias: null, objects, indexes: null, path: dataPath?.path ?? [], renamed }
  if (outcome.failed === null && outcome.data) {
    applyRewrites(outputRewrites, outcome.data, run.isOfType)
    for (const object of objects) merge(object, outcome.data)
  }
  markErrors(step, outcome, [filled], run)
}

/** null: there is no entity to ask for. */
function runEntities(step: CompiledStep, lanes: readonly CompiledLane[], run: Run): Promise<void> | null {
  const [lane] = lanes
  if (!lane || lane.contexts.length === 0) return askEntities(step, lanes, run, '')
  const [first] = lane.dataPaths
  const asked = groupByContext(lane, run.data, run.isOfType).map(({ objects, variables }) => {
    const gather: DataPath['gather'] = (_, into) => {
      for (const object of objects) into.push(object)
    }
    return askEntities(step, [{ ...lane, dataPaths: [{ path: first?.path ?? [], gather }] }], run, variables)
  })
  return asked.length === 0 ? null : Promise.all(asked).then(() => undefined)
}

/** @param further members of the variables, each after a comma. */
function askEntities(
  step: CompiledStep,
  lanes: readonly CompiledLane[],
  run: Run,
  further: string,
): Promise<void> | null {
  const parts: Represented[] = []
  let isNeeded = false
  let text = ''
  for (const lane of lanes) {
    const part = represent(lane, run.data)
    if (run.faults && part.lacking.length > 0) {
      const fields = requestedFields(operationOf(step), lane.renamed)
      markLacking(run.faults, part.lacking, lane.requires, fields, run.isOfType)
    }
    isNeeded ||= part.count > 0
    text += text === '' ? lane.label : `,${lane.label}`
    text += part.text
    parts.push(part)
  }
  if (!isNeeded) return null
  const body = `${step.head}${text}${clientVariables(step, run, ',')}${further}}}`
  return send(step, body, false, run).then((outcome) => mergeEntities(step, lanes, parts, outcome, run))
}

function mergeEntities(
  step: CompiledStep,
  lanes: readonly CompiledLane[],
  parts: readonly Represented[],
  outcome: FetchOutcome,
  run: Run,
): void {
  const useless: Represented[] = []
  if (outcome.failed === null && outcome.data) {
    for (const [position, part] of parts.entries()) {
      const lane = lanes[position]
      if (!lane || part.count === 0) continue
      const entities = entitiesOf(outcome.data, part)
      if (entities) mergeLane(lane, part, entities, run, step.sharesNothing)
      else if (outcome.errors.length === 0) useless.push(part)
    }
  }
  markErrors(step, outcome, parts, run)
  if (useless.length > 0) markFailure(faultsOf(run), 'invalid', operationOf(step), useless)
}

/** The requested list; null if the value is not a list, or has other elements. */
function entitiesOf(data: Json, { alias, count }: Represented): readonly unknown[] | null {
  const entities = own(data, alias)
  const fits =
    Array.isArray(entities) &&
    entities.length === count &&
    entities.every((entity) => entity === null || isObject(entity))
  return fits ? entities : null
}

function mergeLane(
  { outputRewrites }: CompiledLane,
  { objects, indexes }: Represented,
  entities: readonly unknown[],
  { isOfType }: Run,
  sharesNothing: boolean,
): void {
  if (outputRewrites.length > 0) applyRewrites(outputRewrites, entities, isOfType)
  for (let position = 0; position < objects.length; position++) {
    const object = objects[position]
    const entity = entities[indexes[position] ?? -1]
    if (!object || !isObject(entity)) continue
    keepType(object, entity, isOfType)
    merge(object, sharesNothing ? copied(entity) : entity)
  }
}

/** `structuredClone` would make plain objects of exact numbers. */
function copied<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copied) as T
  if (!isObject(value)) return value
  const copy: Json = {}
  for (const key of Object.keys(value)) if (key !== '__proto__') copy[key] = copied(value[key])
  return copy as T
}

/**
 * A subgraph that has an interface as an object (`@interfaceObject`) knows only the interface's name,
 * whatever the entity is. That name is ignored if the object's own type is known.
 */
function keepType({ __typename: known }: Json, entity: Json, isOfType: IsOfType): void {
  const { __typename: told } = entity
  const isWider =
    typeof known === 'string' && typeof told === 'string' && told !== known && isOfType(known, told)
  if (isWider) entity.__typename = known
}

function markErrors(step: CompiledStep, outcome: FetchOutcome, filled: readonly Filled[], run: Run): void {
  if (outcome.failed !== null) markFailure(faultsOf(run), outcome.failed, operationOf(step), filled)
  else if (outcome.errors.length > 0)
    markAnswered(
      faultsOf(run),
      outcome.errors,
      outcome.data,
      operationOf(step),
      filled,
      errorPathCheck(run.supergraphSchema),
    )
}

function faultsOf(run: Run): Faults {
  run.faults ??= newFaults(run.keys)
  return run.faults
}

const KEEPER: ResponseConsumer = { expected: null, take: () => true }

/**
 * @param taker uses the answer without parsing it. The call is then stored for another way to run the
 * program.
 */
export function send(
  step: CompiledStep,
  body: string,
  mutates: boolean,
  run: Run,
  taker?: ResponseConsumer,
): Promise<FetchOutcome> {
  const made = run.calls.get(step)
  // A request is not sent twice unless its body has changed, and that of a mutation never is.
  if (made && (mutates || made.body === body)) return made.outcome.then((outcome) => offered(outcome, taker))
  const fetch = run.fetches.get(step.subgraph)
  if (!fetch) throw new Error(`the plan asks a subgraph ${step.subgraph} that the supergraph lacks`)
  const context = run.readers === null ? run.context : readerContext(step, run.readers, run.context)
  const call = (by?: ResponseConsumer) =>
    mutates
      ? fetch(body, true, context, by).then((outcome) => heard(outcome, run))
      : fetch(body, false, context, by)
  if (taker) return kept(step, body, call(taker), run)
  if (!run.keeps) return call()
  return kept(step, body, call(KEEPER), run).then((outcome) => offered(outcome))
}

/** Saves the readers that a mutation's answer names, in addition to earlier ones. */
function heard(outcome: FetchOutcome, run: Run): FetchOutcome {
  if (outcome.failed === null && outcome.readers) {
    run.readers = new Map([...(run.readers ?? []), ...outcome.readers])
  }
  return outcome
}

function kept(step: CompiledStep, body: string, outcome: Promise<FetchOutcome>, { calls }: Run) {
  calls.set(step, { body, outcome })
  return outcome
}

/** Passes a response that another way of running received to this one. */
function offered(outcome: FetchOutcome, taker?: ResponseConsumer): Read {
  if (outcome.failed !== null || !outcome.taken) return outcome
  return offer(outcome.taken.content, taker, outcome.taken.read)
}

/** The variables that the client set or that have a default. An absent variable must stay absent. */
export function clientVariables({ variables }: CompiledStep, run: Run, separator: string): string {
  let text = ''
  let between = separator
  for (const { name, label } of variables) {
    if (!Object.hasOwn(run.variables, name) || run.variables[name] === undefined) continue
    text += `${between}${label}${JSON.stringify(run.variables[name])}`
    between = ','
  }
  return text
}
