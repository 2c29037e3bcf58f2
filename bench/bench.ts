import type { Life } from './life.ts'
import type { Table } from './report/table.ts'

/** A whole number on the command line. */
export type NumberOption = {
  readonly meaning: string
  readonly default: number
  readonly min: number
  readonly max: number
}

export type Options = Readonly<Record<string, NumberOption>>
export type Values<O extends Options> = { readonly [Name in keyof O]: number }

/** The result of a run. */
export type Report = {
  readonly tables: readonly Table[]
  /** How to read the tables, one sentence per entry. */
  readonly notes: readonly string[]
  /** Everything measured, for `--json`. */
  readonly data: object
  /** Set if the measured values break a requirement: it is printed, and the exit code is 1. */
  readonly failure?: string
}

/** A benchmark. `measures` is its line in the help and in README.md: what it measures and compares with. */
export type Bench<O extends Options = Options> = {
  readonly name: string
  readonly measures: string
  readonly options: O
  run(values: Values<O>, life: Life): Promise<Report>
}

/** A benchmark that parses its own options and runs itself. */
export type OtherBench = {
  readonly name: string
  readonly measures: string
  /** @returns the exit code */
  main(args: readonly string[]): Promise<number>
}

/**
 * Checks a benchmark's options against its `run`, then erases their type, so that one table can hold all
 * benchmarks.
 */
export function bench<O extends Options>(one: Bench<O>): Bench {
  return one
}
