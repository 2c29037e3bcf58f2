import { AnswerErrors } from '../execution/answer-errors.ts'
import { isObject, type Json } from '../execution/own-property.ts'
import { type Filled, markAnswered, markFailure } from '../execution/response/fetch-errors.ts'
import {
  type Faults,
  newFaults,
  pinBelow,
  reportFaults,
  withRest,
} from '../execution/response/field-errors.ts'
import type { PlanPath } from '../planning/plan.ts'

/** A part of a request. Paths are written with dots: `socks.@` is each element of a list, `<Sock>` a type. */
export type Part = {
  readonly alias?: string
  /** The paths of its objects in the merged data. */
  readonly objects: readonly string[]
  readonly indexes?: readonly number[]
  readonly path?: string
  readonly renamed?: Readonly<Record<string, string>>
}

/** A request to a subgraph, and the merged data after it. */
export type Case = {
  readonly operation: string
  /** The merged data, with null for each selected field that no subgraph sent. */
  readonly merged: Json
  readonly parts: readonly Part[]
  /** The text of `data` in the response to the client. */
  readonly answer?: string | null
}

export type Answered = Case & {
  /** Errors as `message: path`, or `message` alone. */
  readonly errors: readonly string[]
  /** The subgraph's data. */
  readonly data: Json | null
  readonly leads?: () => boolean
}

export const ROOT: Part = { objects: [''] }
const FORBIDDEN = { code: 'FORBIDDEN' }

const pathOf = (text: string) =>
  text === '' ? [] : text.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key))

function stepOf(step: string): PlanPath[number] {
  if (step === '@') return { kind: 'each' }
  if (step.startsWith('<')) return { kind: 'types', names: [step.slice(1, -1)] }
  return { kind: 'field', name: step }
}

function filledOf(merged: Json, { alias, objects, indexes, path = '', renamed }: Part): Filled {
  // Each path of a case leads to an object.
  const at = (path: string) => pathOf(path).reduce((value, key) => (value as Json)[key] as Json, merged)
  const steps = path === '' ? [] : path.split('.').map(stepOf)
  return {
    alias: alias ?? null,
    objects: objects.map(at),
    indexes: indexes ?? null,
    path: steps,
    renamed: renamed ? new Map(Object.entries(renamed)) : null,
  }
}

/** The data key `_lid_0` is a field `lid`. */
const responseNameOf = (key: string) => key.replace(/^_(.*)_\d$/, '$1')

export const noFaults = () => newFaults({ responseNameOf })

/** The errors of a response that shows each null of the merged data. */
function reported(faults: Faults, { merged, answer = JSON.stringify(merged) }: Case): readonly string[] {
  pinBelow(faults, (typename, type) => typename === type)
  const errors = new AnswerErrors()
  const visit = (value: unknown, path: readonly (string | number)[]) => {
    if (!isObject(value) && !Array.isArray(value)) return
    for (const [key, child] of Object.entries(value)) {
      const place = [...path, Array.isArray(value) ? Number(key) : responseNameOf(key)]
      if (child === null) reportFaults(faults, value, key, () => place, errors)
      else visit(child, place)
    }
  }
  visit(merged, [])
  return withRest(faults, errors, answer).map(({ message, path }) =>
    path ? `${message}: ${path.join('.')}` : message,
  )
}

/** The errors of a response after a request failed. */
export function failed(kind: Parameters<typeof markFailure>[1], given: Case): readonly string[] {
  const faults = noFaults()
  const filled = given.parts.map((part) => filledOf(given.merged, part))
  markFailure(faults, kind, given.operation, filled)
  return reported(faults, given)
}

/** Adds the errors of one response of a subgraph. */
export function answeredTo(
  faults: Faults,
  { operation, merged, parts, errors, data, leads = () => true }: Answered,
): void {
  const sent = errors.map((error) => {
    const [message, path] = error.split(': ')
    return { message, path: path === undefined ? undefined : pathOf(path), extensions: FORBIDDEN }
  })
  const filled = parts.map((part) => filledOf(merged, part))
  markAnswered(faults, sent, data, operation, filled, leads)
}

/** The errors of a response after a subgraph's response with errors. */
export function answered(given: Answered): readonly string[] {
  const faults = noFaults()
  answeredTo(faults, given)
  return reported(faults, given)
}

/** A request for fields of socks. */
export const ofSocks = (fields: string) =>
  `query($r:[_Any!]!){_entities(representations:$r){...on Sock{${fields}}}}`
export const SOCKS: Part = {
  alias: '_entities',
  objects: ['socks.0', 'socks.1'],
  indexes: [0, 1],
  path: 'socks.@',
}
/** A request for the socks `a` and the hats `b`, each with a size and a colour. */
export const TWO_ALIASES =
  'query($r:[_Any!]!){a:_entities(representations:$r){...on Sock{size colour}} ' +
  'b:_entities(representations:$r){...on Hat{size colour}}}'
export const SOCK_AND_HAT: readonly Part[] = [
  { alias: 'a', objects: ['sock'], indexes: [0], path: 'sock' },
  { alias: 'b', objects: ['hat'], indexes: [0], path: 'hat' },
]
export const nulls = () => ({ size: null, colour: null })
export const times = <Value>(count: number, make: (index: number) => Value) =>
  Array.from({ length: count }, (_, index) => make(index))
