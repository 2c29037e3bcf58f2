/** Decides whether something that may fail is tried. */
export type Patience = {
  isLeft(): boolean
  lose(): void
  /** Records a success. */
  gain(): void
}

/** Maximum number of runs skipped. */
const MAX_SKIPPED = 1_024

/** Exponential back-off in runs: after each failure twice as many are skipped as before, after a success none. */
export function newPatience(): Patience {
  return new Waiting()
}

/** A class, since each operation has several: closures would take five times the memory. */
class Waiting implements Patience {
  private passing = 0
  private next = 1

  isLeft(): boolean {
    if (this.passing === 0) return true
    this.passing--
    return false
  }

  lose(): void {
    this.passing = this.next
    this.next = Math.min(this.next * 2, MAX_SKIPPED)
  }

  gain(): void {
    this.next = 1
  }
}
