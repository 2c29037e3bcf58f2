/** A contestant answered otherwise than expected: there is nothing to compare, so no figures are printed. */
export class WrongAnswer extends Error {
  constructor(contestant: string, what: string) {
    super(`${contestant} did not answer as expected, so there are no figures. ${what}`)
    this.name = 'WrongAnswer'
  }
}
