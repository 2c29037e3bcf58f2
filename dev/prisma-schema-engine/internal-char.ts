import pg from 'pg'

// PostgreSQL's one-byte type "char", which its catalogues use and Prisma's adapter does not know; char(n), which it does.
const INTERNAL_CHAR = 18
const PADDED_CHAR = 1042

type Field = { dataTypeID: number }
// The part of pg's result class that matters here; @types/pg does not describe it.
type ResultClass = { prototype: { rows: unknown[]; addFields(fields: Field[]): void } }

const charColumns = new WeakMap<object, number[]>()

/**
 * From now on `pg` calls columns of the type "char" `char(n)`, so that Prisma's adapter does not refuse them.
 * The catalogue queries of the schema engine return several.
 */
export function renameInternalChar(): void {
  // `Result` has been an export of pg since 8.0 without a type.
  const { prototype } = (pg as unknown as { Result: ResultClass }).Result
  const { addFields } = prototype
  prototype.addFields = function (fields) {
    const columns = fields.flatMap((field, index) => (field.dataTypeID === INTERNAL_CHAR ? [index] : []))
    for (const index of columns) Object.assign(fields[index] ?? {}, { dataTypeID: PADDED_CHAR })
    if (columns.length > 0) charColumns.set(this.rows, columns)
    return addFields.call(this, fields)
  }
}

/** Which columns of a result were "char", told by its array of rows. */
export function internalCharColumns(rows: object): readonly number[] {
  return charColumns.get(rows) ?? []
}
