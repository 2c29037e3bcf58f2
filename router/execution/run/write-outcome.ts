import { setImmediate as nextTurn } from 'node:timers/promises'
import { LARGE_TEXT } from '../../json/parse-in-turns.ts'
import type { Outcome } from '../../operation/executor.ts'
import { pinBelow, withRest } from '../response/field-errors.ts'
import { writeInTurns } from '../response/long-lists.ts'
import type { Projection } from '../response/projection.ts'
import { newShaping } from '../response/response-state.ts'
import type { Run } from './run-step.ts'

/**
 * Writes the answer of a run on trees. Returns a promise if its lists are so long that they are written in
 * several turns, or if the text is so large that it is encoded in a turn of its own.
 */
export function writeOutcome(
  project: Projection,
  { data, faults, variables, isOfType }: Pick<Run, 'data' | 'faults' | 'variables' | 'isOfType'>,
): Outcome | Promise<Outcome> {
  if (faults) pinBelow(faults, isOfType)
  const shaping = newShaping(faults, variables)
  const written = writeInTurns(() => project(data, shaping), shaping)
  const outcome = (text: string | null): Outcome => ({
    data: text,
    errors: faults ? withRest(faults, shaping.errors, text) : shaping.errors.all(),
  })
  if (written instanceof Promise) return written.then(inTurnOfItsOwn).then(outcome)
  return written !== null && written.length > LARGE_TEXT
    ? inTurnOfItsOwn(written).then(outcome)
    : outcome(written)
}

async function inTurnOfItsOwn(text: string | null): Promise<string | null> {
  await nextTurn()
  return text
}
