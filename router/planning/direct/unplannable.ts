/** The operation cannot be planned. */
export class Unplannable extends Error {
  override readonly name: string = 'Unplannable'
}

/** Planning it would take the event loop for too long. */
export class TooLarge extends Unplannable {
  override readonly name = 'TooLarge'
}

/** The plan that is being drafted costs more than another. */
export class Dearer extends Unplannable {
  override readonly name = 'Dearer'
}
