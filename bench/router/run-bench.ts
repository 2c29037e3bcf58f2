import { type BenchOptions, HELP, parseOptions, type Scenario } from './options.ts'
import { chooseCores } from './processes/cores.ts'
import { coldOperations } from './scenarios/cold-operations.ts'
import { connections } from './scenarios/connections.ts'
import type { Say } from './scenarios/field.ts'
import { growth } from './scenarios/growth.ts'
import { manyOperations } from './scenarios/many-operations.ts'
import { memoryRun } from './scenarios/memory.ts'
import { oneOperation } from './scenarios/one-operation.ts'

const SCENARIO: Readonly<Record<Scenario, (options: BenchOptions, say: Say) => Promise<string>>> = {
  one: oneOperation,
  many: manyOperations,
  connections,
  growth,
  cold: coldOperations,
  memory: memoryRun,
}

const PRODUCT = new URL('../..', import.meta.url).pathname

/**
 * Runs the router's benchmark: reports go to stdout, progress to stderr.
 * @param args as in HELP.
 * @returns the exit code.
 */
export async function runRouterBench(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args, PRODUCT)
    if (!options) {
      console.log(HELP)
      return 0
    }
    console.error(`Node ${process.version} for all; ${chooseCores().note}.`)
    for (const scenario of options.scenarios) {
      console.log(`\n${await SCENARIO[scenario](options, (line) => console.error(`  ${line}`))}`)
    }
    return 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    return 1
  }
}
