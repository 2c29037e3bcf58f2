import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { charactersOf } from '@argyle/kit/text'
import { echo, type ValidationError, validationError } from '@argyle/kit/user-errors'

/** A text that agents answer with. `{{name}}` in it is a variable. */
export type Template = {
  readonly id: string
  readonly name: string
  readonly body: string
  readonly active: boolean
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Templates. */
export const MAX_TEMPLATES = 200
/** Variables of a template. */
const MAX_VARIABLES = 20
/** Characters of an answer made of a template. */
const MAX_ANSWER_LENGTH = 5_000

const VARIABLE = /\{\{([a-z][A-Za-z0-9]{0,39})\}\}/g
const BRACES = /\{\{|\}\}/

/** The variables that the ticket provides, if it has a value for them. */
export type KnownVariables = {
  readonly customerName: string | null
  readonly orderNumber: string | null
  readonly ticketSubject: string
}

export type Variable = { readonly name: string; readonly value: string }

/** The variables of a text, each once, in the order in which they occur. */
export function variablesOf(body: string): string[] {
  return [...new Set([...body.matchAll(VARIABLE)].map(([, name = '']) => name))]
}

/** The errors of a template's text: braces that enclose no name, and too many variables. */
export function bodyFaults(body: string): string | null {
  if (BRACES.test(body.replaceAll(VARIABLE, '')))
    return 'double braces only around a name of 1 to 40 letters and digits that begins in lower case, such as {{customerName}}'
  return variablesOf(body).length > MAX_VARIABLES ? `at most ${MAX_VARIABLES} variables` : null
}

/**
 * The text with values in place of its variables. The agent gives exactly the values that the ticket does not
 * provide, each once. Braces in a value are not variables.
 */
export function render(
  { body }: Pick<Template, 'body'>,
  known: KnownVariables,
  given: readonly Variable[],
): Decision<string, ValidationError> {
  const wanted = variablesOf(body)
  const filled = new Map<string, string | null>(Object.entries(known))
  const asked = wanted.filter((name) => (filled.get(name) ?? null) === null)
  const faults = given.flatMap(({ name }, index): ValidationError[] => {
    const path = ['variables', String(index), 'name']
    if (!asked.includes(name))
      return [validationError(`name is ${echo(name)}: allowed is ${listOf(asked)}`, path)]
    const isRepeated = given.findIndex((other) => other.name === name) < index
    return isRepeated ? [validationError(`name is ${echo(name)} twice: allowed is once`, path)] : []
  })
  const missing = asked.filter((name) => !given.some((variable) => variable.name === name))
  if (missing.length > 0)
    faults.push(
      validationError(`variables lacks ${missing.join(', ')}: allowed is ${listOf(asked)}`, ['variables']),
    )
  if (faults.length > 0) return refuse(...faults)
  const values = new Map([...filled, ...given.map(({ name, value }) => [name, value] as const)])
  const text = body.replaceAll(VARIABLE, (_, name: string) => values.get(name) ?? '')
  const length = charactersOf(text)
  if (length <= MAX_ANSWER_LENGTH) return accept(text)
  const message = `the text with its variables has ${length} characters: allowed are ${MAX_ANSWER_LENGTH} at most`
  return refuse(validationError(message, ['variables']))
}

const listOf = (names: readonly string[]) =>
  names.length > 0 ? `each of ${names.join(', ')}` : 'no variable'
