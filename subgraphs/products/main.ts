import { runSubgraph } from '@argyle/kit/run'
import { products } from './subgraph.ts'

await runSubgraph(products)
