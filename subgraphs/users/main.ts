import { runSubgraph } from '@argyle/kit/run'
import { users } from './subgraph.ts'

await runSubgraph(users)
