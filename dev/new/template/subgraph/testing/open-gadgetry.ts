import type { Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { customer, type OperationResult, testSubgraph } from '@argyle/kit/testing/subgraph'
import { gadgetry } from '../subgraph.ts'

const GADGET = 'id title version createdAt updatedAt product { id }'
const ERRORS = 'userErrors { __typename ... on UserError { message path } }'

export type MutationName = 'createGadget' | 'updateGadget'

function operation(name: MutationName): string {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`
  return `mutation ($input: ${type}!) { ${name}(input: $input) { gadget { ${GADGET} } ${ERRORS} } }`
}

/** Opens the subgraph on a database of its own, with helpers for its tests. */
export async function openGadgetry() {
  const subgraph = await testSubgraph(gadgetry)

  /** Runs a mutation. Resolves to its response, errors included. */
  function mutate(name: MutationName, input: object, viewer: Viewer): Promise<OperationResult> {
    return subgraph.execute(operation(name), { input }, viewer)
  }

  return {
    ...subgraph,
    mutate,

    /** Runs a mutation. Resolves to its gadget. @throws Error when it is refused */
    async accepted(name: MutationName, input: object, viewer: Viewer) {
      const { data, errors } = await mutate(name, input, viewer)
      if (errors.length > 0 || data[name].userErrors.length > 0)
        throw new Error(JSON.stringify({ errors, payload: data?.[name] }))
      return data[name].gadget
    },

    /** Delivers the event of a new product. Resolves to the product's id. */
    async aProduct(status = 'ACTIVE'): Promise<string> {
      const productId = newId('prd')
      await subgraph.deliver('products.product.changed', { productId, status }, { subject: productId })
      return productId
    },

    /** Creates a gadget of a new product. Resolves to the gadget. */
    async aGadget(viewer: Viewer = customer(newId('usr')), overrides: object = {}) {
      return this.accepted('createGadget', anInput(await this.aProduct(), overrides), viewer)
    },

    /** Runs one parameterised statement. */
    sql: <Row>(statement: string, ...values: unknown[]) =>
      subgraph.resources.prisma.$queryRawUnsafe<Row[]>(statement, ...values),
  }
}

export type OpenGadgetry = Awaited<ReturnType<typeof openGadgetry>>

/** A valid input of `createGadget`; `overrides` replace some of its fields. */
export function anInput(productId: string, overrides: object = {}) {
  return { idempotencyKey: newId('evt'), productId, title: 'Warm', ...overrides }
}
