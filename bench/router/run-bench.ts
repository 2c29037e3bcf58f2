import type { BenchOptions } from './options.ts'
import { HELP, parseOptions, type Scenario } from './options.ts'
import { chooseCores } from './processes/cores.ts'
import type { Say } from './scenarios/field.ts'
import { oneOperation } from './scenarios/one-operation.ts'

const SCENARIO: Readonly<Partial<Record<Scenario, (options: BenchOptions, say: Say) => Promise<string>>>> = {
  one: oneOperation,
}

const PRODUCT = new URL('../..', import.meta.url).pathname

/**
 * Runs the router's benchmark and prints its reports.
 * @param args as HELP says.
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
      console.log(`\n${await SCENARIO[scenario]?.(options, (line) => console.error(`  ${line}`))}`)
    }
    return 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    return 1
  }
}
