import type { Life } from './life.ts'
import type { Table } from './report/table.ts'

/** A whole number that can be given on the command line. */
export type NumberOption = {
  readonly meaning: string
  readonly default: number
  readonly min: number
  readonly max: number
}

export type Options = Readonly<Record<string, NumberOption>>
export type Values<O extends Options> = { readonly [Name in keyof O]: number }

/** What a run found out. */
export type Report = {
  readonly tables: readonly Table[]
  /** How to read the tables, a sentence each. */
  readonly notes: readonly string[]
  /** Everything measured, for `--json`. */
  readonly data: object
  /** Set when what was measured is not as it must be: it is printed, and the exit code is 1. */
  readonly failure?: string
}

/** One benchmark. `measures` is its line in the help and in README.md: what it measures, against what. */
export type Bench<O extends Options = Options> = {
  readonly name: string
  readonly measures: string
  readonly options: O
  run(values: Values<O>, life: Life): Promise<Report>
}

/** A benchmark with options and a course of its own, listed beside the others. */
export type OtherBench = {
  readonly name: string
  readonly measures: string
  /** @returns the exit code */
  main(args: readonly string[]): Promise<number>
}

/** Checks a benchmark's options against its `run`, and forgets them, so that one table can hold them all. */
export function bench<O extends Options>(one: Bench<O>): Bench {
  return one
}
