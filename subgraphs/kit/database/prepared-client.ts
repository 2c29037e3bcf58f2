import pg from 'pg'
import { statementNames } from './statement-names.ts'

const nameOf = statementNames()

/**
 * A client of node-postgres that prepares the statements that have parameters, for servers with a pool of their own: PostgreSQL then
 * parses and plans a statement once per connection. Use it as the pool's `Client`.
 */
export class PreparedClient extends pg.Client {
  // One body for the overloads of node-postgres: only a text with a list of values is changed.
  override query(...given: unknown[]): never {
    const [text, values, ...rest] = given
    const isPrepared = typeof text === 'string' && Array.isArray(values)
    const args = isPrepared ? [{ name: nameOf({ sql: text }), text, values }, ...rest] : given
    return Reflect.apply(super.query, this, args) as never
  }
}
