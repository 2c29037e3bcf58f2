import { readFileSync } from 'node:fs'
import { parse, visit } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { Viewer } from '../identity/identity.ts'
import type { OperationResult, TestSubgraph } from './subgraph.ts'

/** The mutations of a schema file that require a scope, sorted: those of staff. */
function staffMutations(schema: URL): string[] {
  const found: string[] = []
  visit(parse(readFileSync(schema, 'utf8')), {
    ObjectTypeDefinition({ name, fields = [] }) {
      if (name.value !== 'Mutation') return
      for (const field of fields)
        if (field.directives?.some((directive) => directive.name.value === 'requiresScopes'))
          found.push(field.name.value)
    },
  })
  return found.sort()
}

type States = { readonly before: object | null; readonly after: object | null }

export type AuditedMutation = {
  readonly viewer: Viewer
  readonly input: object
  /** The entries that it adds, each with the columns that it changes. `subjectId` null: the id that the mutation makes. */
  readonly entries: readonly (States & { readonly subjectId: string | null })[]
}

type Row = States & { readonly id: string; actor_id: string; action: string; subject_id: string }

const ROWS = 'SELECT id, actor_id, action, subject_id, before, after FROM audit_entry ORDER BY at, id'

/**
 * Tests that each mutation of staff adds its entries to the audit log: by whom, about which row, and both states.
 * @param shop opens before these tests, e.g. in `beforeAll`
 * @param run runs a mutation by its name
 * @param mutations a row for each mutation of the schema that requires a scope; also others that staff may run
 */
export function testAuditedMutations<Name extends string>(
  schema: URL,
  shop: () => Pick<TestSubgraph, 'resources'>,
  run: (name: Name, input: object, viewer: Viewer) => Promise<OperationResult>,
  mutations: Readonly<Record<Name, () => Promise<AuditedMutation>>>,
): void {
  // The keys of the table, which its type names.
  const names = Object.keys(mutations) as Name[]

  test('the table has every mutation that requires a scope', () => {
    expect(staffMutations(schema).filter((name) => !Object.hasOwn(mutations, name))).toEqual([])
  })

  describe('the audit log has the caller, the row and both states', () => {
    test.each(names)('%s', async (name) => {
      const { viewer, input, entries } = await mutations[name]()
      const { prisma } = shop().resources
      const actorId = viewer.kind === 'user' ? viewer.id : ''
      const entriesNow = () => prisma.$queryRawUnsafe<Row[]>(ROWS)
      const before = new Set((await entriesNow()).map(({ id }) => id))
      const { data, errors } = await run(name, input, viewer)
      expect([...errors, ...(data?.[name].userErrors ?? [])]).toEqual([])
      const rows = (await entriesNow()).filter(({ id }) => !before.has(id))
      const bySubject = (a: Omit<Row, 'id'>, b: Omit<Row, 'id'>) => (a.subject_id < b.subject_id ? -1 : 1)
      const expected = entries.map(({ subjectId, ...states }): Omit<Row, 'id'> => {
        const made = subjectId ?? Object.values<{ id?: string }>(data[name]).find((row) => row?.id)?.id ?? ''
        return { actor_id: actorId, action: name, subject_id: made, ...states }
      })
      expect(rows.toSorted(bySubject)).toMatchObject(expected.toSorted(bySubject))
    })
  })
}
