import { raw, Sql } from '@prisma/client/runtime/client'

const columnOf = (field: string) => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/**
 * The columns of a model under the names of its fields, for a raw statement: `"customer_id" AS "customerId", …`. Every column must
 * have the name of its field in snake case.
 * @param fields the generated `…ScalarFieldEnum` of the model
 */
export function columnsOf(fields: Readonly<Record<string, string>>): Sql {
  const columns = Object.keys(fields).map((field) => `"${columnOf(field)}" AS "${field}"`)
  return raw(columns.join(', '))
}

/**
 * A comparison with one of these values: `= $1` or `= ANY($1)`. One value has a text of its own: for a list, PostgreSQL assumes ten
 * elements, prefers a plan for the list given, and plans the statement anew at each execution.
 */
export function equalsAny(values: readonly string[]): Sql {
  return values.length === 1 ? new Sql(['= ', ''], [values[0]]) : new Sql(['= ANY(', ')'], [[...values]])
}
