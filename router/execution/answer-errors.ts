import type { GraphQLFormattedError } from 'graphql'

/** Maximum number of errors in one response; one more error gives the number of those left out. */
export const MAX_ERRORS = 100

/** Maximum number of errors for one failed fetch; the last one gives the number of further null fields. */
export const MAX_PLACES = 10

/** The errors of one answer. A class, since each run has one. */
export class AnswerErrors {
  private readonly listed: GraphQLFormattedError[] = []
  private leftOut = 0
  private committed = { listed: 0, leftOut: 0 }

  /** Adds an error, which is created only if the list has room for it. */
  add(make: () => GraphQLFormattedError): void {
    if (this.listed.length < MAX_ERRORS) this.listed.push(make())
    else this.leftOut++
  }

  /** Keeps the errors added so far. */
  commit(): void {
    this.committed.listed = this.listed.length
    this.committed.leftOut = this.leftOut
  }

  /** Discards the errors reported since the last `commit`. */
  rollBack(): void {
    this.listed.length = this.committed.listed
    this.leftOut = this.committed.leftOut
  }

  /** Counts errors that are not listed. */
  leaveOut(count: number): void {
    this.leftOut += count
  }

  /** @param last errors that count others, and are listed in any case. */
  all(last: readonly GraphQLFormattedError[] = []): readonly GraphQLFormattedError[] {
    const { listed, leftOut } = this
    if (leftOut === 0) return last.length === 0 ? listed : [...listed, ...last]
    return [...listed, ...last, leftOutError(leftOut)]
  }
}

/** These errors up to the maximum number. */
export function bounded(errors: readonly GraphQLFormattedError[]): readonly GraphQLFormattedError[] {
  const further = errors.length - MAX_ERRORS
  return further <= 0 ? errors : [...errors.slice(0, MAX_ERRORS), leftOutError(further)]
}

function leftOutError(count: number): GraphQLFormattedError {
  const errors = count === 1 ? '1 more error is' : `${count} more errors are`
  return { message: `${errors} left out.`, extensions: { code: 'TOO_MANY_ERRORS' } }
}

/** The error that counts the unlisted places of a failed fetch. */
export function furtherMessage(message: string, count: number): string {
  return `${message} ${count === 1 ? '1 more field is' : `${count} more fields are`} null for this reason.`
}
