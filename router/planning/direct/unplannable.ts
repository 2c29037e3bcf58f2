/** The operation cannot be planned. */
export class Unplannable extends Error {
  override readonly name: string = 'Unplannable'
}

/** Planning the operation would block the event loop for too long. */
export class TooLarge extends Unplannable {
  override readonly name = 'TooLarge'
}

/** The plan being drafted costs more than another. */
export class MoreExpensive extends Unplannable {
  override readonly name = 'MoreExpensive'
}
