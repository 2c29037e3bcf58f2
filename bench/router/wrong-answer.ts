import type { Fault } from './load/run-load.ts'

/**
 * A contestant's answer was not the expected one: no figures are printed, since there is nothing to compare.
 */
export class WrongAnswer extends Error {
  readonly fault: Fault
  constructor(contestant: string, fault: Fault) {
    super(`${contestant} did not answer as expected, so there are no figures. ${fault.kind}: ${fault.detail}`)
    this.name = 'WrongAnswer'
    this.fault = fault
  }
}
