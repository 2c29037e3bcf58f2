import pg from 'pg'

// PostgreSQL's one-byte type "char", used in its catalogues and unknown to Prisma's adapter; and char(n),
// which it knows.
const INTERNAL_CHAR = 18
const PADDED_CHAR = 1042

type Field = { dataTypeID: number }
// The part of pg's Result class that is used here; @types/pg does not describe it.
type ResultClass = { prototype: { rows: unknown[]; addFields(fields: Field[]): void } }

const charColumns = new WeakMap<object, number[]>()

/**
 * Makes `pg` report columns of the type "char" as `char(n)`, which Prisma's adapter accepts. Catalogue
 * queries of the schema engine return several such columns.
 */
export function renameInternalChar(): void {
  // pg exports `Result` since 8.0, without a type.
  const { prototype } = (pg as unknown as { Result: ResultClass }).Result
  const { addFields } = prototype
  prototype.addFields = function (fields) {
    const columns = fields.flatMap((field, index) => (field.dataTypeID === INTERNAL_CHAR ? [index] : []))
    for (const index of columns) Object.assign(fields[index] ?? {}, { dataTypeID: PADDED_CHAR })
    if (columns.length > 0) charColumns.set(this.rows, columns)
    return addFields.call(this, fields)
  }
}

/** The columns of a result that were "char", by its array of rows. */
export function internalCharColumns(rows: object): readonly number[] {
  return charColumns.get(rows) ?? []
}
