import type { Outcome } from '../executor.ts'
import { withRest } from './faults.ts'
import { writeInTurns } from './long-lists.ts'
import type { Projection } from './projection.ts'
import type { Run } from './run-step.ts'
import { newShaping } from './shaping.ts'

/** Writes the answer of a run on trees; a promise where its lists are so long that they are written in several turns. */
export function writeOutcome(
  project: Projection,
  { data, faults, variables }: Pick<Run, 'data' | 'faults' | 'variables'>,
): Outcome | Promise<Outcome> {
  const shaping = newShaping(faults, variables)
  const written = writeInTurns(() => project(data, shaping), shaping)
  const outcome = (text: string | null): Outcome => ({
    data: text,
    errors: faults ? withRest(faults, shaping.errors, text) : shaping.errors.all(),
  })
  return written instanceof Promise ? written.then(outcome) : outcome(written)
}
