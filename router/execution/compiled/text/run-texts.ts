import type { FetchOutcome } from '../../../fetching/fetch-outcome.ts'
import type { CompiledStep } from '../compiled-step.ts'
import { clientVariables, type Run, send } from '../run-step.ts'
import { runSteps } from '../run-steps.ts'
import { AMISS, begin, end, expect, isNull } from './scanner.ts'
import type { LaneCode, Met, TargetCode, TextCode, TextObject } from './text-code.ts'

/** What one `_entities` is sent, and whom its answer completes. */
type Represented = {
  readonly text: string
  /** For each representation, what reads its entity. */
  readonly readers: readonly TargetCode['read'][]
  readonly objects: readonly TextObject[]
  readonly indexes: readonly number[]
}

/**
 * Runs a program on the texts that subgraphs send. Whatever is not as the schema says ends it: then the program is run
 * on trees, for which the calls that were made are kept in `run.calls`.
 */
export async function runOnTexts(
  code: TextCode,
  steps: readonly CompiledStep[],
  run: Run,
): Promise<TextOutcome> {
  const root = code.newRoot()
  const met: TextObject[][] = Array.from({ length: code.shapeCount }, () => [])
  try {
    await runSteps(steps, (step, index) => {
      const lanes = code.steps[index] ?? []
      return step.part.kind === 'root'
        ? askRoot(step, lanes, step.part.fetch.operationKind === 'mutation', root, run, code, met)
        : askEntities(step, lanes, run, code, met)
    })
    return { data: code.write(root) }
  } catch (error) {
    if (error === AMISS || error === FAULT) return { data: null, isFault: error === FAULT }
    throw error
  }
}

type TextOutcome =
  | { readonly data: string }
  /** @property isFault whether a call failed, or was answered with errors: which can happen to the best of programs. */
  | { readonly data: null; readonly isFault: boolean }

const FAULT = new Error('a call was not answered, or with errors')

function askRoot(
  step: CompiledStep,
  lanes: readonly LaneCode[],
  mutates: boolean,
  root: TextObject,
  run: Run,
  code: TextCode,
  met: Met,
): Promise<void> {
  const [lane] = lanes
  const [target] = lane?.targets ?? []
  if (!lane || !target) throw new Error('root fields have one lane with one target')
  const body = `${step.head}${clientVariables(step, run, '')}}}`
  const take = (text: string) => {
    code.gatherIn(met)
    return isTaken(text, () => {
      expect('{"data":')
      const part = target.read()
      expect('}')
      lane.attach([root], [0], [part])
    })
  }
  return send(step, body, mutates, run, { expected: null, take }).then(mustBeTaken)
}

/** null: there is no entity to ask for. */
function askEntities(
  step: CompiledStep,
  lanes: readonly LaneCode[],
  run: Run,
  code: TextCode,
  met: Met,
): Promise<void> | null {
  const parts = lanes.map((lane) => represented(lane, met))
  if (parts.every(({ readers }) => readers.length === 0)) return null
  const texts = lanes.map(({ label }, index) => label + parts[index]?.text)
  const body = `${step.head}${texts.join(',')}${clientVariables(step, run, ',')}}}`
  const take = (text: string) => {
    code.gatherIn(met)
    return isTaken(text, () => {
      for (const [index, lane] of lanes.entries()) {
        expect(`${index === 0 ? '{"data":{' : ','}${JSON.stringify(lane.alias)}:`)
        const part = parts[index]
        if (part) lane.attach(part.objects, part.indexes, entities(part.readers))
      }
      expect('}}')
    })
  }
  return send(step, body, false, run, { expected: null, take }).then(mustBeTaken)
}

function represented({ targets }: LaneCode, met: Met): Represented {
  const indexes: number[] = []
  const readers: TargetCode['read'][] = []
  const known = new Map<string, Known>()
  let list = ''
  for (const { shape, typename, key, isAlike, represent, read } of targets) {
    const ofType = known.get(typename) ?? { byKey: new Map(), byText: new Map() }
    known.set(typename, ofType)
    for (const object of met[shape] ?? []) {
      const own = key(object)
      const first = ofType.byKey.get(own)
      if (first && isAlike(object, first.object)) {
        indexes.push(first.index)
        continue
      }
      const text = represent(object)
      let index = ofType.byText.get(text)
      if (index === undefined) {
        index = readers.push(read) - 1
        ofType.byText.set(text, index)
        list += index === 0 ? text : `,${text}`
      }
      if (!first) ofType.byKey.set(own, { object, index })
      indexes.push(index)
    }
  }
  const [only] = targets
  const objects =
    only && targets.length === 1 ? (met[only.shape] ?? []) : targets.flatMap(({ shape }) => met[shape] ?? [])
  return { text: `[${list}]`, readers, objects, indexes }
}

/** What is represented already, of one type: by key the first object, by its text all others. */
type Known = {
  readonly byKey: Map<unknown, { readonly object: TextObject; readonly index: number }>
  readonly byText: Map<string, number>
}

function entities(readers: Represented['readers']): (TextObject | null)[] {
  const list: (TextObject | null)[] = []
  expect('[')
  for (const [index, read] of readers.entries()) {
    if (index > 0) expect(',')
    list.push(isNull() ? null : read())
  }
  expect(']')
  return list
}

/** Whether a text could be read as expected. */
function isTaken(text: string, read: () => void): boolean {
  try {
    begin(text)
    read()
    end()
    return true
  } catch (error) {
    if (error === AMISS) return false
    throw error
  }
}

function mustBeTaken(outcome: FetchOutcome): void {
  if (outcome.failed !== null || outcome.errors.length > 0) throw FAULT
  if (outcome.taken === undefined) throw AMISS
}
