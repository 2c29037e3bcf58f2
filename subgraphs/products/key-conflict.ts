import { type Decision, refuse } from '@argyle/kit/decision'
import { echo, type ValidationError, validationError } from '@argyle/kit/user-errors'
import { Prisma, type PrismaClient } from './generated/prisma/client.ts'

/** The unique keys that a change sets, each with its input field. */
export type NewKeys = {
  readonly slug?: string
  readonly skus?: readonly { readonly sku: string; readonly path: string[] }[]
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
}

async function takenKeys(prisma: PrismaClient, { slug, skus = [] }: NewKeys): Promise<ValidationError[]> {
  const [product, variants] = await Promise.all([
    slug === undefined ? null : prisma.product.findFirst({ where: { slug }, select: { slug: true } }),
    prisma.variant.findMany({ where: { sku: { in: skus.map(({ sku }) => sku) } }, select: { sku: true } }),
  ])
  const taken = new Set(variants.map(({ sku }) => sku))
  return [
    ...(product
      ? [validationError(`slug ${echo(slug)} is taken: allowed is one that no other product has`, ['slug'])]
      : []),
    ...skus
      .filter(({ sku }) => taken.has(sku))
      .map(({ sku, path }) =>
        validationError(`sku ${echo(sku)} is taken: allowed is one that no other variant has`, path),
      ),
  ]
}

/**
 * Runs a transaction that sets unique keys, and turns a unique violation into errors that name the taken
 * keys. Only the database can decide between concurrent writers; the failed transaction is rolled back first.
 */
export async function refuseTakenKeys<T, E>(
  prisma: PrismaClient,
  keys: NewKeys,
  transaction: () => Promise<Decision<T, E>>,
): Promise<Decision<T, E | ValidationError>> {
  try {
    return await transaction()
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const faults = await takenKeys(prisma, keys)
    if (faults.length === 0) throw error
    return refuse(...faults)
  }
}
