/** Why an operation is left to a planner that weighs alternatives. */
export class NotDirect extends Error {
  override readonly name = 'NotDirect'
}
