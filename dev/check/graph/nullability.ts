// Tested in graph-conventions.test.ts: the test has whole schemas.

import { Kind } from 'graphql'
import {
  fieldsOf,
  hasDirective,
  isInnerNonNull,
  namedType,
  printType,
  type SchemaOutline,
} from './schema-outline.ts'

/**
 * The subgraph that owns each entity, i.e. has its rows. Other subgraphs refer to it or add fields. The owner
 * of a new entity adds it here.
 */
export const entityOwners: Readonly<Record<string, string>> = {
  User: 'users',
  Product: 'products',
  ProductVariant: 'products',
  Category: 'products',
  Warehouse: 'inventory',
  StockLevel: 'inventory',
  Review: 'reviews',
  Cart: 'orders',
  CartLine: 'orders',
  Order: 'orders',
  OrderLine: 'orders',
  Payment: 'payments',
  PaymentMethod: 'payments',
  CardPaymentMethod: 'payments',
  WalletPaymentMethod: 'payments',
  Shipment: 'shipping',
  Return: 'shipping',
  Notification: 'notifications',
  Ticket: 'support',
  Segment: 'support',
  Campaign: 'support',
}

const roots = ['Query', 'Mutation', 'Subscription']

/** Every type with a key has an owner in the table above. */
export function unownedEntities({ types }: SchemaOutline): string[] {
  return [...types.values()]
    .filter((node) => hasDirective(node, 'key') && entityOwners[node.name.value] === undefined)
    .map(
      (node) =>
        `${node.name.value}: has a key, but no owner in entityOwners (dev/check/graph/nullability.ts)`,
    )
}

/**
 * A: a reference to an entity of another subgraph may be null, in lists too, so that a failed subgraph
 * affects only its own data. An external
 * field is declared as its owner has it.
 */
export function foreignReferences({ subgraph, types }: SchemaOutline): string[] {
  return [...types.values()].flatMap((node) =>
    fieldsOf(node)
      .filter((field) => !hasDirective(field, 'external'))
      .filter(({ type }) => isForeign(subgraph, namedType(type)) && isInnerNonNull(type))
      .map((field) => {
        const { name, type } = field
        const owner = entityOwners[namedType(type)]
        return `${node.name.value}.${name.value}: ${printType(type)} refers to an entity of ${owner}, so ${namedType(type)} must be nullable`
      }),
  )
}

/** B: a field added to another subgraph's entity may be null; keys and external fields are the owner's. */
export function contributedFields({ subgraph, types }: SchemaOutline): string[] {
  return [...types.values()]
    .filter((node) => isForeign(subgraph, node.name.value))
    .flatMap((node) =>
      fieldsOf(node)
        .filter((field) => !hasDirective(field, 'external') && !keyFields(node).has(field.name.value))
        .filter((field) => field.type.kind === Kind.NON_NULL_TYPE)
        .map(
          (field) =>
            `${node.name.value}.${field.name.value}: added to an entity of ${entityOwners[node.name.value]}, so ${printType(field.type)} must be nullable`,
        ),
    )
}

/** C: root fields may be null. */
export function rootFields({ types }: SchemaOutline): string[] {
  return roots.flatMap((root) =>
    fieldsOf(types.get(root))
      .filter((field) => field.type.kind === Kind.NON_NULL_TYPE)
      .map(
        (field) => `${root}.${field.name.value}: a root field, so ${printType(field.type)} must be nullable`,
      ),
  )
}

/** Columns that are null for some readers, each with the reason. */
export const privateColumns: Readonly<Record<string, string>> = {
  'User.version': 'it tells strangers how often an account was changed',
}

/**
 * D: an entity's own id and version come from its row, so they are non-null, as are members of lists of own
 * types.
 */
export function ownColumns({ subgraph, types }: SchemaOutline): string[] {
  return [...types.values()]
    .filter((node) => !roots.includes(node.name.value))
    .flatMap((node) =>
      fieldsOf(node)
        .filter(({ name }) => privateColumns[`${node.name.value}.${name.value}`] === undefined)
        .filter(({ name, type }) =>
          ['id', 'version'].includes(name.value)
            ? type.kind !== Kind.NON_NULL_TYPE
            : isList(printType(type)) && !isForeign(subgraph, namedType(type)) && !isInnerNonNull(type),
        )
        .map(
          ({ name, type }) =>
            `${node.name.value}.${name.value}: from a row of one's own, so ${namedType(type)} must not be nullable in ${printType(type)}`,
        ),
    )
}

const isList = (printed: string) => printed.includes('[')

function isForeign(subgraph: string, type: string): boolean {
  const owner = entityOwners[type]
  return owner !== undefined && owner !== subgraph
}

function keyFields(node: Parameters<typeof fieldsOf>[0] & object): Set<string> {
  const keys = (node.directives ?? [])
    .filter((directive) => directive.name.value === 'key')
    .flatMap((directive) => directive.arguments ?? [])
    .flatMap(({ value }) => (value.kind === Kind.STRING ? value.value.split(/\W+/) : []))
  return new Set(keys)
}
