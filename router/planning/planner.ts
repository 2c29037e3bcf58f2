import type { Operation } from '../operation/operation.ts'
import type { Plan } from './plan.ts'

/** Plans operations of one supergraph. The seam where another planner fits. */
export type Planner = {
  readonly name: 'apollo' | 'hive'
  /** @throws where the operation cannot be planned: a fault of the supergraph or of the planner. */
  plan(operation: Operation): Promise<Plan>
  /** Lets go of threads as soon as what was asked is answered. */
  close(): void
}
