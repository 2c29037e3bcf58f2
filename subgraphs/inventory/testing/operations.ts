const LEVEL = 'stockLevel { id onHand reserved available incoming reorderPoint version }'
const ERROR = '__typename ... on UserError { message path }'
const CONFLICT = '... on VersionConflictError { currentVersion }'
const SHORTAGE = '... on InsufficientStockError { availableQuantity }'

function mutation(field: string, selection: string, ...errors: string[]): string {
  const input = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`
  const userErrors = `userErrors { ${[ERROR, ...errors].join(' ')} }`
  return `mutation ($input: ${input}!) { ${field}(input: $input) { ${selection} ${userErrors} } }`
}

/** Every mutation as a staff tool sends it, selecting all possible errors. */
export const mutations = {
  createWarehouse: mutation('createWarehouse', 'warehouse { id code name stocksNewVariants }'),
  createStockLevel: mutation('createStockLevel', LEVEL),
  adjustStock: mutation('adjustStock', LEVEL, CONFLICT, SHORTAGE),
  setIncomingStock: mutation('setIncomingStock', LEVEL, CONFLICT),
  setReorderPoint: mutation('setReorderPoint', LEVEL, CONFLICT),
  acknowledgeLowStockAlert: mutation(
    'acknowledgeLowStockAlert',
    'alert { id state availableQuantity reorderPoint acknowledgedAt resolvedAt stockLevel { id } variant { id } }',
  ),
}

export type MutationName = keyof typeof mutations
