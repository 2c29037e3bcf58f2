import type { FetchOutcome } from '../../fetching/fetch-outcome.ts'
import type { CompiledStep } from '../compiled-step.ts'
import { clientVariables, type Run, send } from '../run/run-step.ts'
import { runSteps } from '../run/run-steps.ts'
import type { LaneCode, ObjectsByShape, TextCode, TextObject } from './generate-code.ts'
import { begin, end, expect, isNull, MISMATCH, mismatch } from './json-scanner.ts'
import { type Represent, type Represented, representing } from './write-representations.ts'

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
  const gathered: TextObject[][] = Array.from({ length: code.shapeCount }, () => [])
  const represent = representing()
  try {
    await runSteps(steps, (step, index) => {
      const lanes = code.steps[index] ?? []
      return step.part.kind === 'root'
        ? askRoot(step, lanes, step.part.mutates, root, run, code, gathered)
        : askEntities(step, lanes, run, code, gathered, represent)
    })
    const data = code.write(root)
    letGo(code, root, gathered)
    return { data }
  } catch (error) {
    if (error === MISMATCH || error === FAULT) return { data: null, isFault: error === FAULT }
    throw error
  }
}

/**
 * Takes apart what was read. Its first objects may have become old, for the garbage collector, while the run waited for
 * subgraphs; all that hangs on them would be copied by each young collection until the next full one.
 */
function letGo({ steps }: TextCode, root: TextObject, gathered: TextObject[][]): void {
  for (const lanes of steps) {
    for (const { targets, detach } of lanes) {
      for (const { shape } of targets) detach(shape === 0 ? [root] : (gathered[shape] ?? []))
    }
  }
  for (const objects of gathered) objects.length = 0
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
  gathered: ObjectsByShape,
): Promise<void> {
  const [lane] = lanes
  const [target] = lane?.targets ?? []
  if (!lane || !target) throw new Error('root fields have one lane with one target')
  const body = `${step.head}${clientVariables(step, run, '')}}}`
  const take = (text: string) =>
    isTaken(text, code, gathered, () => {
      expect('{"data":')
      const part = target.read()
      expect('}')
      lane.attach([root], [0], [part])
    })
  return send(step, body, mutates, run, { expected: null, take }).then(mustBeTaken)
}

/** null: there is no entity to ask for. */
function askEntities(
  step: CompiledStep,
  lanes: readonly LaneCode[],
  run: Run,
  code: TextCode,
  gathered: ObjectsByShape,
  represent: Represent,
): Promise<void> | null {
  const parts = lanes.map((lane) => represent(lane, gathered))
  if (parts.every(({ count }) => count === 0)) return null
  const texts = lanes.map(({ label }, index) => label + parts[index]?.text)
  const body = `${step.head}${texts.join(',')}${clientVariables(step, run, ',')}}}`
  const take = (text: string) =>
    isTaken(text, code, gathered, () => {
      for (const [index, lane] of lanes.entries()) {
        expect(`${index === 0 ? '{"data":{' : ','}${JSON.stringify(lane.alias)}:`)
        const part = parts[index]
        if (part) lane.attach(part.objects, part.indexes, entities(lane, part))
      }
      expect('}}')
    })
  return send(step, body, false, run, { expected: null, take }).then(mustBeTaken)
}

/** Reads an entity for each representation, by the target that it was of. */
function entities({ targets }: LaneCode, { count, positions }: Represented): (TextObject | null)[] {
  const list: (TextObject | null)[] = []
  const [first] = targets
  expect('[')
  for (let index = 0; index < count; index++) {
    if (index > 0) expect(',')
    const target = positions ? targets[positions[index] ?? 0] : first
    list.push(isNull() ? null : (target?.read() ?? mismatch()))
  }
  expect(']')
  return list
}

const NOTHING: ObjectsByShape = []

/** Largest response that generated code reads, in characters: it takes some milliseconds. */
const MAX_TAKEN = 1_000_000

/** Whether a text could be read as expected. @param gathered what is read is gathered there. */
function isTaken(text: string, code: TextCode, gathered: ObjectsByShape, read: () => void): boolean {
  // A large text is read on trees, in several turns.
  if (text.length > MAX_TAKEN) return false
  code.gatherIn(gathered)
  try {
    begin(text)
    read()
    end()
    return true
  } catch (error) {
    if (error === MISMATCH) return false
    throw error
  } finally {
    // Code is kept for long, and would keep the last answer that it read.
    code.gatherIn(NOTHING)
  }
}

function mustBeTaken(outcome: FetchOutcome): void {
  if (outcome.failed !== null || outcome.errors.length > 0) throw FAULT
  if (outcome.taken === undefined) throw MISMATCH
}
