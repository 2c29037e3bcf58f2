import { cycle } from '../random/cycle.ts'
import { SOCK_TYPES } from './sock-type.ts'

/** One variant per size and colour, ordered by colour, then size. */
export const variantsOfProduct = cycle(SOCK_TYPES.map((type) => type.sizes.length * type.colours))
