import { randomFaults } from '../generate/random-faults.ts'
import { randomVariables } from '../generate/random-inputs.ts'
import { randomOperation } from '../generate/random-operation.ts'
import { randomWorld } from '../generate/random-world.ts'
import { knownReason } from '../judge/known-failures.ts'
import type { Question } from '../judge/question.ts'
import { drawFrom } from '../seeded-random.ts'
import type { Fault } from '../world/fault.ts'
import type { World } from '../world/world.ts'
import { type Failure, type PreparedWorld, prepare, prepareWorld, run } from './differential-case.ts'

/** A failed case, with everything that is needed to run it again. */
export type Finding = {
  /** The seed of the world, and the numbers of the operation and the variation in it. */
  readonly id: string
  readonly world: World
  readonly text: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly faults: readonly Fault[]
  readonly question: Question
  readonly failure: Failure
  /** Why the failure is expected; null if it is not. */
  readonly known: string | null
}

export type Campaign = {
  readonly cases: number
  readonly worlds: number
  readonly operations: number
  readonly findings: readonly Finding[]
}

/**
 * Composition is the most expensive step, planning the next. So each world serves several operations, and
 * each operation several variations.
 */
const OPERATIONS = 25
const VARIATIONS = 4

/**
 * Runs at least this number of cases. @param stopAfter number of unexpected findings after which the run
 * stops.
 */
export async function runCampaign(
  seed: string,
  cases: number,
  stopAfter = Number.POSITIVE_INFINITY,
): Promise<Campaign> {
  const count = { cases: 0, worlds: 0, operations: 0 }
  const findings: Finding[] = []
  for (
    let index = 0;
    count.cases < cases && findings.filter(({ known }) => !known).length < stopAfter;
    index++
  ) {
    const world = randomWorld(`${seed}.${index}`)
    const arena = prepareWorld(world)
    if (!arena) continue
    count.worlds++
    await runWorld(arena, world, count, findings)
  }
  return { ...count, findings }
}

async function runWorld(
  arena: PreparedWorld,
  world: World,
  count: { cases: number; operations: number },
  findings: Finding[],
): Promise<void> {
  for (let index = 0; index < OPERATIONS; index++) {
    const draw = drawFrom(`${world.seed}.${index}`)
    const operation = randomOperation(arena.supergraph.clientSchema, draw.fork('operation'))
    const prepared = await prepare(arena, operation.text)
    if (!prepared) continue
    count.operations++
    for (let variation = 0; variation < VARIATIONS; variation++) {
      const part = draw.fork(variation)
      const variables = randomVariables(operation.variables, part.fork('variables'))
      const faults = randomFaults(world, part.fork('faults'))
      const result = await run(prepared, variables, faults)
      if (!result) continue
      count.cases++
      for (const failure of result.failures) {
        const id = `${world.seed}.${index}.${variation}`
        const { text } = operation
        const known = knownReason(failure, world, text)
        findings.push({ id, world, text, variables, faults, question: result.question, failure, known })
      }
    }
  }
}
