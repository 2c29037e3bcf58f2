import { runSubgraph } from '@argyle/kit/run'
import { support } from './subgraph.ts'

await runSubgraph(support)
