import { canonicalAnswer } from './canonical.ts'

export type AnswerCheck = {
  /** Whether the bytes are a right answer to the request of this index. */
  isRight(index: number, body: Buffer): boolean
}

/** Number of byte forms of a right answer that are remembered; others are compared as JSON each time. */
const FORMS = 8

/** @param expected the right answers as JSON text, in the order of the requests. */
export function answerCheck(expected: readonly string[]): AnswerCheck {
  const canonical = expected.map(canonicalAnswer)
  const forms: Buffer[][] = expected.map(() => [])
  return {
    isRight(index, body) {
      const known = forms[index]
      if (!known) return false
      // Comparing 87 KB of bytes takes 4 microseconds; parsing them a millisecond.
      if (known.some((form) => form.equals(body))) return true
      if (canonicalOrNull(body.toString()) !== canonical[index]) return false
      if (known.length < FORMS) known.push(Buffer.from(body))
      return true
    },
  }
}

function canonicalOrNull(text: string): string | null {
  try {
    return canonicalAnswer(text)
  } catch {
    return null
  }
}
