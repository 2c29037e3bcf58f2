import { canonicalJson } from '../world/canonical-json.ts'
import { unexplained } from './explain-nulls.ts'
import { asInterfacesSay } from './interface-nullability.ts'
import { type Losses, TYPE } from './lost-values.ts'
import { cut, lengthInAnswer, type Path, valueAt } from './path.ts'
import { type Answer, isCutShort, type Question } from './question.ts'
import { SHAPE, violation } from './schema-conformance.ts'

/** A finding: its kind, which a smaller case must share, and a message. */
export type Wrong = {
  readonly kind: 'throws' | 'data' | 'order' | 'errors' | 'differs' | 'request'
  readonly what: string
}

export const OTHER_VALUES = 'a field was given other values than it should be'

/** Judges one answer; null if it is right. */
export async function judge(question: Question, answer: Answer, losses: Losses): Promise<Wrong | null> {
  const wrong = await judged(question, answer, losses)
  const { facts, schema } = question
  const isUntyped = wrong && [...losses.keys()].some((key) => key.endsWith(`.${TYPE}`))
  return isUntyped
    ? judged({ ...question, schema: asInterfacesSay(schema, facts.world) }, answer, losses)
    : wrong
}

async function judged(question: Question, answer: Answer, losses: Losses): Promise<Wrong | null> {
  const { facts, schema, document, variables } = question
  const right = question.right.text
  const text = JSON.stringify(answer.data)
  if (text === right) return unprovoked(question, answer)
  if (sameButOrder(text, right)) return { kind: 'order', what: 'the fields are in another order' }
  const broken = await violation(facts, schema, document, variables, answer.data)
  if (broken) return { kind: broken === SHAPE ? 'order' : 'data', what: broken }
  const odd = await unexplained(question, answer, losses)
  if (odd) return { kind: odd.endsWith('why') ? 'errors' : 'data', what: odd }
  // No value is missing, so that a computed value was computed from wrong values. Only a fault may cause
  // that.
  if (question.faults.length === 0) return { kind: 'data', what: OTHER_VALUES }
  const lost = answer.errors.find(({ path }) => path && !isInAnswer(answer.data, path))
  return lost
    ? { kind: 'errors', what: `an error's path is not in the answer: ${JSON.stringify(lost.path)}` }
    : null
}

function unprovoked({ faults, right }: Question, answer: Answer): Wrong | null {
  if (faults.length > 0) return null
  // If several errors make one list null, the response may contain any of them.
  const data: unknown = JSON.parse(right.text)
  const ends = new Set(right.errors.map((path) => String(cut(data, path))))
  const isCut = isCutShort(answer)
  const errors = isCut ? answer.errors.slice(0, -1) : answer.errors
  const error = errors.find(({ path = [] }) => !ends.has(String(cut(data, path))))
  if (error) return { kind: 'errors', what: `an error without a fault: ${JSON.stringify(error)}` }
  if (isCut) return null
  const reported = new Set(errors.map(({ path = [] }) => String(cut(data, path))))
  const unreported = [...ends].find((end) => !reported.has(end))
  return unreported === undefined ? null : { kind: 'errors', what: `no error has the path ${unreported}` }
}

/** Whether a path exists in the response, up to a null. */
function isInAnswer(data: unknown, path: Path): boolean {
  const length = lengthInAnswer(data, path)
  return length === path.length || valueAt(data, path.slice(0, length)) === null
}

function sameButOrder(one: string, other: string): boolean {
  return canonicalJson(JSON.parse(one)) === canonicalJson(JSON.parse(other))
}
