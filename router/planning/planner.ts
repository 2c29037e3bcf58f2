import type { Operation } from '../operation/operation.ts'
import type { Plan } from './plan.ts'

/** Plans operations of one supergraph. The seam where another planner fits. */
export type Planner = {
  readonly name: 'apollo' | 'hive'
  /**
   * @param operation in normal form: without fragments of its own.
   * @throws where the operation cannot be planned: a fault of the supergraph or of the planner.
   */
  plan(operation: Operation, overriding: Overriding): Promise<Plan>
  /** Lets go of threads and processes as soon as what was asked is answered. */
  close(): void
}

/** Which labelled `@override`s hold for a request. */
export type Overriding = {
  /** The labels that hold. */
  readonly labels: readonly string[]
  /** From 0 to below 100: `percent(n)` holds where it is less than n; agrees with `labels`. */
  readonly roll: number
}
