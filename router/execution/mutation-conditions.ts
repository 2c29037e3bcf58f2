import type { Executor, Program } from '../operation/executor.ts'
import { selectionsIn, variantsKept } from '../operation/limits/selection-limits.ts'
import { decided, rootConditions, type Values } from '../operation/normalize/root-conditions.ts'

/** Maximum number of cached combinations of conditions of one mutation; the oldest is dropped first. */
const COMBINATIONS = 16

type Compiled = Parameters<Executor['compile']>[0]

/** A top-level function, like the next one, so that no closure retains the AST. */
function reading(again: NonNullable<Compiled['again']>): () => Compiled {
  return () => ({ ...again(), again })
}

function keeping(operation: Compiled): () => Compiled {
  return () => operation
}

/**
 * Compiles a mutation with fields under conditions for each combination of their values, when it first
 * occurs.
 */
export function decidingMutations(executor: Executor): Executor {
  return {
    async compile(operation) {
      const first = rootConditions(operation)
      if (first.size === 0) return executor.compile(operation)
      const read = operation.again ? reading(operation.again) : keeping(operation)
      const programs = new Map<string, Promise<Program>>()
      const kept = variantsKept(COMBINATIONS, selectionsIn(operation))
      const programFor = (values: Values): Promise<Program> => {
        const key = [...values.values()].join()
        const known = programs.get(key)
        if (known) return known
        const made = executor.compile(decided(read(), values))
        const [oldest] = programs.keys()
        if (programs.size >= kept && oldest !== undefined) programs.delete(oldest)
        programs.set(key, made)
        made.catch(() => {
          // Another one may have taken its place.
          if (programs.get(key) === made) programs.delete(key)
        })
        return made
      }
      const program = await programFor(first)
      const names = [...first.keys()]
      const valuesIn = (variables: Readonly<Record<string, unknown>>): Values =>
        new Map(names.map((name) => [name, variables[name] === true]))
      return {
        run: async (variables, context) => (await programFor(valuesIn(variables))).run(variables, context),
        explain: (hasCode) => program.explain(hasCode),
        plan: async (variables) => (await programFor(valuesIn(variables))).plan(variables),
      }
    },
  }
}
