import { buildSchema, type OperationDefinitionNode, parse } from 'graphql'
import { expect, test } from 'vitest'
import { newPlanner } from './planner.ts'

/** A supergraph of Federation 1: https://specs.apollo.dev/join/v0.1. */
const FEDERATION_1 = `
  schema @core(feature: "https://specs.apollo.dev/core/v0.1") @core(feature: "https://specs.apollo.dev/join/v0.1") { query: Query }
  directive @core(feature: String!) repeatable on SCHEMA
  directive @join__field(graph: join__Graph, provides: String, requires: String) on FIELD_DEFINITION
  directive @join__type(graph: join__Graph!, key: String) repeatable on OBJECT | INTERFACE
  directive @join__owner(graph: join__Graph!) on OBJECT | INTERFACE
  directive @join__graph(name: String!, url: String!) on ENUM_VALUE
  enum join__Graph {
    ACCOUNTS @join__graph(name: "accounts", url: "http://accounts")
    REVIEWS @join__graph(name: "reviews", url: "http://reviews")
  }
  type Query { me: User @join__field(graph: ACCOUNTS) latest: [Review] @join__field(graph: REVIEWS) }
  type User @join__owner(graph: ACCOUNTS) @join__type(graph: ACCOUNTS, key: "id") @join__type(graph: REVIEWS, key: "id") {
    id: ID! @join__field(graph: ACCOUNTS)
    name: String @join__field(graph: ACCOUNTS)
    loud: String @join__field(graph: REVIEWS, requires: "name")
    any: Any @join__field(graph: REVIEWS)
  }
  type Review { text: String author: User @join__field(graph: REVIEWS, provides: "name") size: Size }
  type Size { width: Int }
  union Any = Review | Size`

const planner = newPlanner(buildSchema(FEDERATION_1, { assumeValid: true }))

test.each([
  ['{ me { id name } }', ['accounts {me{id name}}']],
  [
    '{ latest { text size { width } author { id name } } }',
    ['reviews {latest{text size{width} author{id name}}}'],
  ],
  [
    '{ me { loud any { ... on Size { width } } } }',
    [
      'accounts {me{__typename id name}}',
      'reviews {...on User{loud}}',
      'reviews {...on User{any{__typename ...on Size{width}}}}',
    ],
  ],
])('%s of a supergraph of Federation 1', (text, requests) => {
  const [definition] = parse(text).definitions
  // The only definition of each text.
  const operation = { definition: definition as OperationDefinitionNode, fragments: {} }
  const steps = planner.plan(operation, { labels: [] })(new Map())
  const said = steps.map(({ fetch }) => {
    const asked = fetch.kind === 'root' ? fetch.operation : fetch.pieces?.selections.join()
    return `${fetch.subgraph} ${asked}`
  })
  expect(said).toEqual(requests)
})
